import { useFormat } from "@/shared/hooks/useFormat";
import { wall } from "./plan";

/** When a salon is held: the day, and from when to when. */
export function useWhen(): (of: { starts_at: string; ends_at: string }) => string {
  const format = useFormat();
  return ({ starts_at, ends_at }) => {
    const [from, to] = [wall(starts_at), wall(ends_at)];
    const sameDay = from.slice(0, 10) === to.slice(0, 10);
    const end = sameDay ? to.slice(11) : `${format.shortDate(to.slice(0, 10))} ${to.slice(11)}`;
    return `${format.date(from.slice(0, 10))} ${from.slice(11)}–${end}`;
  };
}
