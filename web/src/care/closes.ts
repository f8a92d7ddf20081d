import type { ResultIn } from "./api";
import { NOT_CONNECTED } from "./codes";

const NOT_REACHED = new Set<string>([...NOT_CONNECTED, "WRONG_PERSON"]);

/** Whether a result ends its task: the customer was reached and no next date was set, or wants no contact. */
export function closes({ result, next_on }: Pick<ResultIn, "result" | "next_on">): boolean {
  if (result === "DND_REQUEST") return true;
  return !NOT_REACHED.has(result) && !next_on;
}
