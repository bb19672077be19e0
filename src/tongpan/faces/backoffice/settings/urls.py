"""The addresses of the settings."""

from django.urls import path

from tongpan.faces.backoffice.settings import access, chosen, entities, people, roles, tokens, units

urlpatterns = [
    path("people/", people.people, name="settings-people"),
    path("people/new", people.person_new, name="settings-person-new"),
    path("people/<uuid:person_id>/", people.person, name="settings-person"),
    path("people/<uuid:person_id>/edit", people.person_edit, name="settings-person-edit"),
    path("people/<uuid:person_id>/give", people.grant_new, name="settings-grant-new"),
    path("people/<uuid:person_id>/access", access.of_person, name="settings-person-access"),
    path("people/<uuid:person_id>/<str:verb>", people.person_act, name="settings-person-act"),
    path("grants/<uuid:grant_id>/", people.grant_end, name="settings-grant-end"),
    path("roles/", roles.roles, name="settings-roles"),
    path("roles/new", roles.role_new, name="settings-role-new"),
    path("roles/<uuid:role_id>/", roles.role, name="settings-role"),
    path("permissions", access.permission_pick, name="settings-permissions"),
    path("access/", access.who_may, name="settings-access"),
    path("units/", units.units, name="settings-units"),
    path("units/new", units.unit_new, name="settings-unit-new"),
    path("units/<uuid:unit_id>/", units.unit, name="settings-unit"),
    path("units/<uuid:unit_id>/edit", units.unit_edit, name="settings-unit-edit"),
    path("units/<uuid:unit_id>/modules", units.unit_modules, name="settings-unit-modules"),
    path("units/<uuid:unit_id>/move", units.unit_move, name="settings-unit-move"),
    path("entities/", entities.entities, name="settings-entities"),
    path("entities/new", entities.entity_new, name="settings-entity-new"),
    path("entities/<uuid:entity_id>/", entities.entity, name="settings-entity"),
    path("entities/<uuid:entity_id>/edit", entities.entity_edit, name="settings-entity-edit"),
    path("entities/<uuid:entity_id>/kind", entities.entity_kind, name="settings-entity-kind"),
    path("tokens/", tokens.tokens, name="settings-tokens"),
    path("tokens/new", tokens.token_new, name="settings-token-new"),
    path("tokens/<uuid:token_id>/", tokens.token, name="settings-token"),
    path("tokens/<uuid:token_id>/revoke", tokens.token_revoke, name="settings-token-revoke"),
    path("choices/", chosen.chosen, name="settings-choices"),
    path("choices/<str:code>/", chosen.choice, name="settings-choice"),
]
