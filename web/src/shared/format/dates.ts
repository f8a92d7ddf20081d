import type { Language } from "../preferences";

const ZONE = "Asia/Shanghai";
const DAY = 86_400_000;
const LOCALE: Record<Language, string> = { "zh-hans": "zh-CN", en: "en-GB" };

function noon(day: string): Date {
  return new Date(`${day}T12:00:00+08:00`);
}

function formatted(at: Date, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALE[language], { timeZone: ZONE, ...options }).format(at);
}

/** Today in Shanghai as YYYY-MM-DD: for contacts that people plan, never for the night's figures. */
export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(now);
}

export function addDays(day: string, days: number): string {
  return new Date(noon(day).getTime() + days * DAY).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((noon(to).getTime() - noon(from).getTime()) / DAY);
}

/** The first Monday after `day`. */
export function nextMonday(day: string): string {
  const weekday = noon(day).getUTCDay(); // noon in Shanghai is 04:00 UTC of the same day
  return addDays(day, (8 - weekday) % 7 || 7);
}

/** 10月31日（周六） / Sat, 31 Oct; the year is said when it is not `reference`'s. */
export function longDate(day: string, language: Language, reference: string = today()): string {
  const date = noon(day);
  const year = day.slice(0, 4) === reference.slice(0, 4) ? undefined : "numeric";
  if (language === "en")
    return formatted(date, language, { weekday: "short", day: "numeric", month: "short", year });
  const plain = formatted(date, language, { day: "numeric", month: "long", year });
  return `${plain}（${formatted(date, language, { weekday: "short" })}）`;
}

/** 10月31日 / 31 Oct; with the year when it is not `reference`'s. */
export function shortDate(day: string, language: Language, reference: string = today()): string {
  const year = day.slice(0, 4) === reference.slice(0, 4) ? undefined : "numeric";
  return formatted(noon(day), language, {
    day: "numeric",
    month: language === "en" ? "short" : "long",
    year,
  });
}

/** 10月 / Oct of a month as YYYY-MM; with the year when it is not `reference`'s. */
export function monthName(month: string, language: Language, reference: string = today()): string {
  const year = month.slice(0, 4) === reference.slice(0, 4) ? undefined : "numeric";
  return formatted(noon(`${month}-15`), language, {
    month: language === "en" ? "short" : year ? "long" : "numeric", // Chinese: 2027年3月, but 3月 and not 三月
    year,
  });
}

/** Date and minute of a moment, spoken in Shanghai time. */
export function moment(at: string, language: Language): string {
  const date = new Date(at);
  return `${shortDate(today(date), language)} ${clock(at)}`;
}

export function clock(at: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" }).format(
    new Date(at),
  );
}

/** 2 h 05 min, 3 min 20 s, 4.2 s: how long a step took. */
export function duration(seconds: number, language: Language): string {
  const [hour, minute, second] = language === "en" ? [" h", " min", " s"] : ["小时", "分", "秒"];
  const space = language === "en" ? " " : "";
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}${second}`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${minute}${space}${whole % 60}${second}`;
  return `${Math.floor(whole / 3600)}${hour}${space}${Math.floor((whole % 3600) / 60)}${minute}`;
}
