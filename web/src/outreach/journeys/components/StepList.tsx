import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { inOrder, START, waysOut } from "../definition";
import { AddStep } from "./AddStep";
import { type BoardProps, TRIGGER } from "./boardProps";
import styles from "./board.module.css";
import { StepCard } from "./StepCard";

/** The steps one below the other, each with where its ways lead: the canvas of a phone. */
export function StepList(board: BoardProps) {
  const { t } = useTranslation("outreach");
  const { definition, say, counts, onInsert } = board;
  const steps = inOrder(definition);
  const number = new Map(steps.map(({ id }, n) => [id, n + 1]));
  const next = (to: string | null) => {
    const known = to === null ? undefined : number.get(to);
    return known === undefined ? t("journey.end") : t("journey.stepNumber", { number: known });
  };
  const add = (from: string | null, out: string) =>
    onInsert && <AddStep definition={definition} place={{ from, out }} say={say} onInsert={onInsert} />;
  return (
    <ol className={styles.list} aria-label={t("journey.canvas")}>
      <li>
        <StepCard id={TRIGGER} board={board} />
        <div className={styles.leads}>
          <span>{`→ ${next(definition.start ?? null)}`}</span>
          {add(START.from, START.out)}
        </div>
      </li>
      {steps.map((step) => (
        <li key={step.id}>
          <small className={styles.number}>{t("journey.stepNumber", { number: number.get(step.id) })}</small>
          <StepCard id={step.id} board={board} />
          {waysOut(step).map(({ out, to }) => {
            const name = say.way(step, out);
            const went = counts?.find((row) => row.step === step.id)?.out[out];
            return (
              <div key={out} className={styles.leads}>
                {name && <b>{name}</b>}
                <span>{`→ ${next(to)}`}</span>
                {went !== undefined && <small>{t("journey.passed", { number: count(went) })}</small>}
                {add(step.id, out)}
              </div>
            );
          })}
        </li>
      ))}
    </ol>
  );
}
