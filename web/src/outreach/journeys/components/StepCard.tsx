import { WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { stepOf } from "../definition";
import { type BoardProps, faultsAt, TRIGGER } from "./boardProps";
import styles from "./board.module.css";
import { ICONS } from "./icons";

const KIND = {
  WAIT: "wait",
  WORKTIME: "wait",
  AWAIT: "wait",
  CONDITION: "fork",
  SPLIT: "fork",
  HOLDOUT: "fork",
  MESSAGE: "act",
  TASK: "act",
  TAG: "act",
  FIELD: "act",
  TRIGGER: "trigger",
} as const;

/** A step, or the trigger: what it is, what it does, what is wrong with it, how many are there. */
export function StepCard({
  id,
  board: { definition, say, faults, counts, chosen, onOpen, onCount, onRemove },
}: {
  id: string;
  board: BoardProps;
}) {
  const { t } = useTranslation("outreach");
  const step = id === TRIGGER ? undefined : stepOf(definition, id);
  const type = step?.type ?? "TRIGGER";
  const title = step ? t(`journey.type.${step.type}`) : t("journey.trigger");
  const summary = step ? say.stepAt(definition, id) : say.trigger(definition.trigger);
  const wrong = faultsAt(faults, id).map((fault) => say.fault(definition, fault));
  // what is wrong stands where the numbers would
  const counted = wrong.length > 0 ? undefined : counts?.find((row) => row.step === id);
  return (
    <div
      className={styles.card}
      data-kind={KIND[type]}
      data-wrong={wrong.length > 0 || undefined}
      data-chosen={chosen === id || undefined}
      data-counted={counted !== undefined || undefined}
    >
      <button
        type="button"
        className={styles.open}
        onClick={() => onOpen(id)}
        onKeyDown={(event) => {
          if (step && onRemove && (event.key === "Delete" || event.key === "Backspace")) onRemove(id);
        }}
        title={summary}
      >
        <span className={styles.icon}>{ICONS[type]}</span>
        <span className={styles.type}>{title}</span>
        <strong className={styles.summary}>{summary}</strong>
        {wrong[0] && (
          <span className={styles.wrong}>
            <WarningFilled /> {wrong[0]}
          </span>
        )}
      </button>
      {counted && (
        <span className={styles.counts}>
          {counted.here > 0 &&
            (onCount ? (
              <button
                type="button"
                aria-label={t("journey.hereLong", { number: count(counted.here) })}
                onClick={() => onCount(id)}
              >
                {t("journey.here", { number: count(counted.here) })}
              </button>
            ) : (
              <b>{t("journey.here", { number: count(counted.here) })}</b>
            ))}
          <small>{t("journey.cameHere", { number: count(counted.came) })}</small>
        </span>
      )}
    </div>
  );
}
