import { createContext, useContext } from "react";
import type { ProblemOut } from "./api";
import type { Catalogue } from "./catalogue";
import type { Group } from "./mapping";

/** What every part of the rule that is drawn needs to know. */
export interface Drawing {
  catalogue: Catalogue;
  query: Group;
  edit: (query: Group) => void;
  problems: ProblemOut[];
  /** 客群 that a condition may ask membership of. */
  segments: { code: string; name: string }[];
}

export const DrawingContext = createContext<Drawing | null>(null);

export function useDrawing(): Drawing {
  const drawing = useContext(DrawingContext);
  if (!drawing) throw new Error("outside of a rule that is drawn");
  return drawing;
}

/** The problems of a condition: at its place and below. */
export const problemsAt = (problems: ProblemOut[], place: string) =>
  problems.filter((problem) => problem.place === place || problem.place.startsWith(`${place}/`));
