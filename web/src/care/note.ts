export const NOTE_LENGTH = 500;

const PERSONAL: [kind: string, pattern: RegExp][] = [
  ["id", /(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)/],
  ["mobile", /(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)/],
  ["card", /(?<!\d)\d{4}(?:[ -]?\d{4}){2}(?:[ -]?\d{1,4}){1,2}(?!\d)/],
];

/** What a note must not hold (JR/T 0171 C2): `id`, `mobile`, `card`, or null. The server refuses the same. */
export function personalData(note: string): string | null {
  const plain = note.normalize("NFKC");
  return PERSONAL.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}
