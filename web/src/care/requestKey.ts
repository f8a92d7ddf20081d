/** A key of its own for every click that records, so that a repeated request is recorded once. */
export function requestKey(): string {
  // randomUUID exists only on https and localhost; a bank's intranet may have neither
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
