// Passkeys: what the page asks of the person's device, sent along with the page's form.
export function startPasskeys() {
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  form.addEventListener("submit", (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    answered(form.dataset.passkey, options).then(
      (answer) => { form.elements.answer.value = JSON.stringify(answer); form.submit(); },
      () => { form.querySelector("[data-passkey-said]").hidden = false; },
    );
  });
}

async function answered(deed, options) {
  const named = (one) => ({ ...one, id: bytes(one.id) });
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (deed === "make") {
    publicKey.user = named(options.user);
    publicKey.excludeCredentials = (options.excludeCredentials || []).map(named);
    const made = await navigator.credentials.create({ publicKey });
    return told(made, { attestationObject: text(made.response.attestationObject) });
  }
  publicKey.allowCredentials = (options.allowCredentials || []).map(named);
  const shown = await navigator.credentials.get({ publicKey });
  const { authenticatorData, signature, userHandle } = shown.response;
  return told(shown, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

const told = (one, response) => ({
  id: one.id,
  rawId: text(one.rawId),
  type: one.type,
  response: { clientDataJSON: text(one.response.clientDataJSON), ...response },
  clientExtensionResults: {},
});

const bytes = (said) =>
  Uint8Array.from(atob(said.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
