import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/hooks/useFormat";
import type { RunOut } from "../api";
import { STEPS } from "../codes";
import styles from "./nightly.module.css";

/** How a run's time was spent: one thin bar, a part for each step, its name and seconds on hover. */
export function StepBar({ run, longest }: { run: RunOut; longest: number }) {
  const { t } = useTranslation("nightly");
  const format = useFormat();
  const whole = run.steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <span className={styles.bar} style={{ width: `${Math.max(6, (whole / (longest || 1)) * 100)}%` }}>
      {run.steps.map(({ name, seconds }) => (
        <span
          key={name}
          data-step={STEPS.indexOf(name as (typeof STEPS)[number])}
          style={{ flexGrow: seconds || 0.01 }}
          title={`${t(`step.${name}`)} ${format.duration(seconds)}`}
        />
      ))}
    </span>
  );
}

/** The steps one below the other, with their seconds and what they counted. */
export function StepList({ run }: { run: RunOut }) {
  const { t } = useTranslation("nightly");
  const format = useFormat();
  const longest = Math.max(...run.steps.map(({ seconds }) => seconds), 0.1);
  const counted = (detail: Record<string, unknown>) =>
    Object.entries(detail)
      .filter((entry): entry is [string, number] => typeof entry[1] === "number")
      .map(([name, value]) =>
        t("nameCount", { name: t(`detail.${name}`), count: value, number: value.toLocaleString("en-US") }),
      );
  return (
    <ol className={styles.steps}>
      {STEPS.map((name, position) => {
        const step = run.steps.find((one) => one.name === name);
        return (
          <li key={name} data-waiting={!step || undefined}>
            <span>{t(`step.${name}`)}</span>
            <span className={styles.stepTrack}>
              {step && (
                <span
                  data-step={position}
                  style={{ width: `${Math.max(1, (step.seconds / longest) * 100)}%` }}
                />
              )}
            </span>
            <span className="num">{step ? format.duration(step.seconds) : t("notReached")}</span>
            {step && <small>{counted(step.detail).join(" · ")}</small>}
          </li>
        );
      })}
    </ol>
  );
}
