// Passkeys. Browsers speak of them to scripts only: forms that need one are hidden until this runs, and
// without it the password stays.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer || [])))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const question = async (address) => {
    const answer = await fetch(address, { method: "POST" });
    if (!answer.ok) throw new Error(`the question was answered with ${answer.status}`);
    const asked = await answer.json();
    asked.challenge = bytes(asked.challenge);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    for (const known of asked.excludeCredentials || []) known.id = bytes(known.id);
    return asked;
  };

  const answers = {
    get: async (form, publicKey) => {
      const credential = await navigator.credentials.get({ publicKey });
      const said = credential.response;
      form.elements.id.value = text(credential.rawId);
      form.elements.client_data.value = text(said.clientDataJSON);
      form.elements.data.value = text(said.authenticatorData);
      form.elements.signature.value = text(said.signature);
      form.elements.user_handle.value = text(said.userHandle);
    },
    create: async (form, publicKey) => {
      const credential = await navigator.credentials.create({ publicKey });
      form.elements.client_data.value = text(credential.response.clientDataJSON);
      form.elements.attestation.value = text(credential.response.attestationObject);
    },
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    for (const hint of document.querySelectorAll('[data-without-passkey]')) hint.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        await answers[form.dataset.passkey](form, await question(form.dataset.ask));
        form.submit();
      } catch {
        // Also when the person changed their mind: nothing has happened.
        failed.hidden = false;
        button.disabled = false;
        button.focus();
      }
    });
  }
})();
