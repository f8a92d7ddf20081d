import type { Schemas } from "@/app/client";

export interface SessionEnd {
  /** Seconds until the session ends, as far as this page knows. */
  seconds: number;
  /** The longest time ends first: no input helps. */
  last: boolean;
  /** The person has worked since the server was last asked, and the server will soon think they have not. */
  tell: boolean;
}

const SOON = 120;

/**
 * How a session stands.
 *
 * @param asked when the server last answered; its seconds count from there, whatever this machine's clock says
 * @param touched when the person last touched a page
 */
export function leftOf(
  session: Schemas["SessionLeft"],
  asked: number,
  touched: number,
  now: number,
): SessionEnd {
  const known = asked + session.idle * 1000;
  const idle = Math.max(known, touched + session.idle_time * 1000);
  const longest = asked + session.longest * 1000;
  return {
    seconds: Math.ceil((Math.min(idle, longest) - now) / 1000),
    last: longest <= idle,
    tell: touched > asked && known - now < SOON * 1000,
  };
}
