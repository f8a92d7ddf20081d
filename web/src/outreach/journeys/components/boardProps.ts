import type { Place } from "../definition";
import type { Say } from "../useSay";
import type { Definition, Fault, StepCount, StepType } from "../types";

/** Stands for the trigger where steps are named by their ids: no step may be called so. */
export const TRIGGER = "";

/** What the canvas shows, and the list that stands for it on a phone. */
export interface BoardProps {
  definition: Definition;
  say: Say;
  faults: Fault[];
  /** How many customers came to each step; none while it is drawn. */
  counts?: StepCount[];
  /** The card that is open. */
  chosen: string | null;
  onOpen: (id: string) => void;
  /** Show the customers at a step. */
  onCount?: (id: string) => void;
  onInsert?: (place: Place, type: StepType) => void;
  onRemove?: (id: string) => void;
}

export const faultsAt = (faults: Fault[], id: string) =>
  faults.filter(({ step }) => step === (id === TRIGGER ? null : id));
