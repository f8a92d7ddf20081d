import type { Language } from "../preferences";

const UNITS: Record<Language, [unit: string, size: number][]> = {
  "zh-hans": [
    ["亿", 1e8],
    ["万", 1e4],
  ],
  en: [
    ["B", 1e9],
    ["M", 1e6],
    ["K", 1e3],
  ],
};

export const MINUS = "\u2212";

function grouped(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function digitsOf(scaled: number): number {
  if (scaled < 100) return 2;
  return scaled < 1000 ? 1 : 0;
}

/** Short amount: 12.35万 / 1.23亿 in Chinese, 123.5K / 1.23M in English. `signed` shows the plus too. */
export function shortMoney(amount: string | number, language: Language, signed = false): string {
  const value = Number(amount);
  const size = Math.abs(value);
  // 9,999.6万 would be shown as 10,000万: from there on the larger unit speaks
  const unit = UNITS[language].find(([, of]) => size >= of * 0.99995);
  const text = unit
    ? grouped(size / unit[1], digitsOf(size / unit[1])) + unit[0]
    : grouped(size, Number.isInteger(size) ? 0 : 2);
  return withSign(value, text, signed);
}

/** An amount on an axis: short, without needless zeros (150K, 16.5万). */
export function axisMoney(amount: number, language: Language): string {
  return shortMoney(amount, language)
    .replace(/(\.\d*?)0+(?=\D*$)/, "$1")
    .replace(/\.(?=\D*$)/, "");
}

/** The exact amount to the fen, grouped, from the decimal string itself (no floating point). */
export function exactMoney(amount: string | number, signed = false): string {
  const text = typeof amount === "number" ? amount.toFixed(2) : amount;
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const body = `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}.${fraction.padEnd(2, "0").slice(0, 2)}`;
  return withSign(Number(text), body, signed);
}

function withSign(value: number, text: string, signed: boolean): string {
  if (value < 0) return MINUS + text;
  return signed && value > 0 ? `+${text}` : text;
}
