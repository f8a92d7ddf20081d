/** Whether passkeys work here: a browser that knows them, an encrypted address, and a name rather than a number. */
export function passkeysWork(): boolean {
  return (
    window.isSecureContext &&
    typeof PublicKeyCredential !== "undefined" &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential &&
    !/^[\d.]+$|:/.test(window.location.hostname)
  );
}

interface Options<T> {
  publicKey: T;
}

/** Ask a device to become a passkey; its answer as JSON. */
export async function makePasskey(options: unknown): Promise<Record<string, unknown>> {
  const { publicKey } = options as Options<PublicKeyCredentialCreationOptionsJSON>;
  return answer(
    await navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
    }),
  );
}

/** Ask for a passkey that was set up before; its answer as JSON. */
export async function askPasskey(options: unknown): Promise<Record<string, unknown>> {
  const { publicKey } = options as Options<PublicKeyCredentialRequestOptionsJSON>;
  return answer(
    await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
    }),
  );
}

function answer(credential: Credential | null): Record<string, unknown> {
  return (credential as PublicKeyCredential).toJSON() as Record<string, unknown>;
}
