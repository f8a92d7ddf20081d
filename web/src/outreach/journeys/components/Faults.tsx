import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "@/shared/components/Panel";
import type { Say } from "../useSay";
import type { Check, Definition, Fault } from "../types";
import { TRIGGER } from "./boardProps";
import styles from "./journey.module.css";

interface Props {
  definition: Definition;
  check: Check | undefined;
  say: Say;
  /** It may be submitted once nothing is wrong. */
  draft: boolean;
  onOpen: (id: string) => void;
}

/** 检查: what stands against submitting it, and what would make it better; each opens the card it is about. */
export function Faults({ definition, check, say, draft, onOpen }: Props) {
  const { t } = useTranslation("outreach");
  const part = (faults: Fault[], bad: boolean) =>
    faults.length > 0 && (
      <>
        <h3>{t(bad ? "journey.fault.faults" : "journey.fault.hints")}</h3>
        <ul className={styles.plain}>
          {faults.map((fault, n) => (
            <li key={n}>
              <button
                type="button"
                className={styles.fault}
                data-bad={bad || undefined}
                onClick={() => onOpen(fault.step ?? TRIGGER)}
              >
                <small>
                  {fault.step === null ? t("journey.fault.whole") : say.stepAt(definition, fault.step)}
                </small>
                {say.fault(definition, fault)}
              </button>
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <Panel title={t("journey.fault.title")}>
      <div className={styles.check} aria-live="polite">
        {!check && <Skeleton active title={false} paragraph={{ rows: 2 }} />}
        {check?.faults.length === 0 && (
          <p className={styles.good}>{t(draft ? "journey.fault.fine" : "journey.fault.fineShown")}</p>
        )}
        {check && part(check.faults, true)}
        {check && part(check.hints, false)}
      </div>
    </Panel>
  );
}
