import { App, Button, Skeleton } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/shared/components/DataTable";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { type Detail, type Learner, useLearn } from "../api";
import { won } from "../useWords";
import styles from "./effect.module.css";

const QiniChart = lazy(() => import("./QiniChart"));
const STEPS = 20;
/** Chosen beforehand: who picks the better of two looks twice. */
const JUDGED = "X";

/** 增量模型: whom care changes, told against a lot; or how much history is missing. */
export function UpliftCard({ experiment }: { experiment: Detail }) {
  const { t } = useTranslation("effect");
  const { message } = App.useApp();
  const { mutate, isPending, error } = useLearn(experiment.id);
  const { uplift } = experiment;
  const { state, measured, needed, rarest, rarest_needed } = uplift;
  const missing = () =>
    measured < needed
      ? t("uplift.FEW", {
          measured: count(measured),
          needed: count(needed),
          missing: count(needed - measured),
        })
      : t("uplift.FEW_OUTCOMES", {
          rarest: count(rarest),
          needed: count(rarest_needed),
          missing: count(rarest_needed - rarest),
        });
  const learn = () => mutate(undefined, { onSuccess: () => void message.success(t("uplift.learned")) });
  return (
    <Panel
      title={t("uplift.title")}
      extra={
        uplift.may_learn && (
          <Button size="small" loading={isPending} onClick={learn}>
            {t(state === "LEARNED" ? "uplift.again" : "uplift.learn")}
          </Button>
        )
      }
    >
      {state === "NOT_YET" && <p className={styles.quiet}>{t("uplift.NOT_YET")}</p>}
      {state === "FEW" && <p className={styles.quiet}>{missing()}</p>}
      {state === "OPEN" && <p className={styles.quiet}>{t("uplift.OPEN", { measured: count(measured) })}</p>}
      {state === "LEARNED" && <Found experiment={experiment} learners={uplift.learners} />}
      {error && <ProblemView error={error} />}
    </Panel>
  );
}

function Found({ experiment, learners }: { experiment: Detail; learners: Learner[] }) {
  const { t } = useTranslation("effect");
  const format = useFormat();
  const range = ({ low, high }: Learner) => t("uplift.to", { low: won(low), high: won(high) });
  const told = learners.find(({ learner }) => learner === JUDGED) ?? learners[0];
  const lines = useMemo(
    () => [
      ...learners.map(({ learner, curve }) => ({ name: t(`uplift.${learner}`), values: curve })),
      { name: t("uplift.lot"), values: learners[0]?.lot ?? [] },
    ],
    [learners, t],
  );
  if (!told) return null;
  const verdict = told.low > 0 ? "found" : told.high < 0 ? "worse" : "nothing";
  const day = experiment.uplift.learned_on;
  return (
    <>
      <p className={styles.sentence} role="status">
        {t(`uplift.${verdict}`, { qini: won(told.qini), range: range(told) })}
      </p>
      <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
        <QiniChart
          label={t("uplift.chart")}
          xName={t("uplift.x")}
          lines={lines}
          hover={(at) =>
            lines
              .map(({ name, values }) =>
                t("uplift.point", { share: percent(at / STEPS, 0), name, won: won(values[at] ?? 0) }),
              )
              .join("<br>")
          }
        />
      </Suspense>
      <p className={styles.quiet}>{t("uplift.chart")}</p>
      <DataTable
        rowKey={({ learner }) => learner}
        rows={learners}
        columns={[
          {
            key: "learner",
            title: t("uplift.learner"),
            render: ({ learner }) => t(`uplift.${learner}`),
          },
          {
            key: "qini",
            title: t("uplift.qini"),
            align: "right",
            render: ({ qini }) => <span className={styles.figure}>{won(qini)}</span>,
          },
          {
            key: "range",
            title: t("uplift.range"),
            align: "right",
            render: (row) => <span className={styles.figure}>{range(row)}</span>,
          },
          {
            key: "best",
            title: t("uplift.best"),
            align: "right",
            render: ({ best_share }) => (
              <span className={styles.figure}>{best_share === null ? "—" : percent(best_share, 0)}</span>
            ),
          },
          {
            key: "tested",
            title: t("uplift.tested"),
            align: "right",
            render: ({ tested }) => <span className={styles.figure}>{count(tested)}</span>,
          },
        ]}
      />
      {day && <p className={styles.quiet}>{t("uplift.asOf", { date: format.date(day) })}</p>}
    </>
  );
}
