import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { STATES } from "../../codes";
import { stepOf, waysOut } from "../definition";
import type { Say } from "../useSay";
import type { Definition, Fault, StepCount } from "../types";
import { CardDrawer } from "./StepDrawer";
import styles from "./journey.module.css";

interface Props {
  definition: Definition;
  id: string;
  faults: Fault[];
  counts: StepCount[];
  say: Say;
  onCount: (id: string) => void;
  onClose: () => void;
}

/** A step as it runs: what it says, who came, where they went, what became of its messages. */
export function StepFacts({ definition, id, faults, counts, say, onCount, onClose }: Props) {
  const { t } = useTranslation(["outreach", "care"]);
  const step = stepOf(definition, id);
  const counted = counts.find((row) => row.step === id);
  const facts: [string, ReactNode][] = [];
  if (!step)
    facts.push(
      [t("journey.trigger"), say.trigger(definition.trigger)],
      [t("journey.facts.again"), say.again(definition.trigger)],
      [t("journey.facts.goal"), say.goal(definition)],
    );
  if (step?.type === "TASK")
    facts.push(
      [t("journey.facts.script"), step.script],
      [t("journey.facts.stands"), t("journey.say.days", { days: step.days })],
      [t("journey.facts.priority"), t(`care:priority.${step.priority}`)],
    );
  if (step)
    facts.push([
      t("journey.facts.ways"),
      <ul key="ways" className={styles.plain}>
        {waysOut(step).map(({ out, to }) => (
          <li key={out}>
            {[say.way(step, out), say.stepAt(definition, to)].filter(Boolean).join(" → ")}
            {counted && (
              <small>{` · ${t("journey.passed", { number: count(counted.out[out] ?? 0) })}`}</small>
            )}
          </li>
        ))}
      </ul>,
    ]);
  const messages = STATES.filter((state) => (counted?.messages[state] ?? 0) > 0);
  if (messages.length > 0)
    facts.push([
      t("journey.facts.messages"),
      messages.map((state) => `${t(`state.${state}`)} ${count(counted?.messages[state] ?? 0)}`).join(" · "),
    ]);
  return (
    <CardDrawer definition={definition} id={id} faults={faults} say={say} onClose={onClose}>
      {step && <strong>{say.stepAt(definition, id)}</strong>}
      {counted && (
        <div className={styles.figures}>
          <span>
            {t("journey.facts.here")}
            <strong>{count(counted.here)}</strong>
          </span>
          <span>
            {t("journey.facts.came")}
            <strong>{count(counted.came)}</strong>
          </span>
        </div>
      )}
      <dl className={styles.facts}>
        {facts
          .filter(([, said]) => said !== "")
          .map(([name, said]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{said}</dd>
            </div>
          ))}
      </dl>
      {counted && counted.here > 0 && (
        <div>
          <Button onClick={() => onCount(id)}>{t("journey.facts.see")}</Button>
        </div>
      )}
    </CardDrawer>
  );
}
