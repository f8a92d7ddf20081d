import { useTranslation } from "react-i18next";
import { points } from "@/effect/useWords";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import type { Comparison, JourneyDetail } from "../types";
import styles from "./journey.module.css";

/** Who reached the goal, of those on the journey and of those held out: what the journey itself brings. */
export function Effect({ journey: { comparison, definition } }: { journey: JourneyDetail }) {
  const { t } = useTranslation("outreach");
  if (!comparison)
    return (
      <Panel>
        <EmptyState
          title={t("journey.effect.title")}
          hint={t(definition.goal ? "journey.effect.noHoldout" : "journey.effect.noGoal")}
        />
      </Panel>
    );
  const { treated, held_out } = comparison;
  return (
    <Panel title={t("journey.effect.title")} flush>
      <>
        <Verdict comparison={comparison} />
        <DataTable
          rowKey={({ key }) => key}
          rows={[
            { key: "treated", arm: treated },
            { key: "heldOut", arm: held_out },
          ]}
          columns={[
            { key: "arm", title: t("journey.effect.arm"), render: ({ key }) => t(`journey.effect.${key}`) },
            {
              key: "customers",
              title: t("journey.effect.customers"),
              align: "right",
              render: ({ arm }) => <span className={styles.figure}>{count(arm.customers)}</span>,
            },
            {
              key: "reached",
              title: t("journey.effect.reached"),
              align: "right",
              render: ({ arm }) => <span className={styles.figure}>{count(arm.reached)}</span>,
            },
            {
              key: "rate",
              title: t("journey.effect.rate"),
              align: "right",
              render: ({ arm }) => (
                <span className={styles.figure}>
                  {arm.customers ? percent(arm.reached / arm.customers) : "—"}
                </span>
              ),
            },
          ]}
        />
      </>
    </Panel>
  );
}

function Verdict({ comparison: { difference, low, high } }: { comparison: Comparison }) {
  const { t } = useTranslation("outreach");
  if (difference === null || low === null || high === null)
    return <p className={`${styles.verdict} ${styles.quiet}`}>{t("journey.effect.few")}</p>;
  const said = low > 0 ? "more" : high < 0 ? "less" : "unsure";
  return (
    <p className={styles.verdict}>
      {t(`journey.effect.${said}`, {
        points: points(Math.abs(difference) / 100).replace("+", ""),
        low: points(low / 100),
        high: points(high / 100),
      })}
    </p>
  );
}
