// Fields that are asked only where another field of the form has a certain value.
export function startOnly() {
  for (const box of document.querySelectorAll("#form [data-only]")) {
    const [name, value] = box.dataset.only.split("=");
    const field = document.querySelector(`#form [name="${name}"]`);
    if (!field) continue;
    const show = () => { box.hidden = field.value !== value && !box.querySelector("[aria-invalid]"); };
    field.form.addEventListener("change", show);
    show();
  }
}
