/** Where to go after sign-in: only a path of this site may be returned to. */
export function safeReturn(target: string | null): string {
  return target && /^\/(?![/\\])/.test(target) ? target : "/";
}
