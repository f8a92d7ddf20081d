import { EditOutlined } from "@ant-design/icons";
import { Alert, Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { type Standards, useSimulate, useStandards } from "../api";
import { EffectView } from "../components/EffectView";
import { Past } from "../components/Past";
import { Pending } from "../components/Pending";
import { StageRules, TierRules } from "../components/Rules";
import styles from "../components/standards.module.css";
import { SubmitForm } from "../components/SubmitForm";
import { useWords } from "../useWords";
import { type Draft, valuesOf } from "../values";

/** 口径: how tiers and stages are told apart, and whom a change would move. */
export function Component() {
  const found = useStandards();
  const { t } = useTranslation("standards");
  if (found.data) return <Board data={found.data} />;
  return (
    <>
      <PageTitle question={t("question")} />
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 12 }} />}
    </>
  );
}

function Board({ data }: { data: Standards }) {
  const { t } = useTranslation(["standards", "shared"]);
  const words = useWords(data.standards);
  const [draft, setDraft] = useState<Draft | null>(null);
  const simulation = useSimulate();
  const values = draft && valuesOf(data.standards, draft);
  const differs = values !== null && Object.keys(values).length > 0;
  const pending = data.changes.filter(({ status }) => status === "PENDING");
  const wrong = simulation.error?.place ?? null;
  const named = data.standards.some(({ code }) => code === wrong);

  const stop = () => {
    setDraft(null);
    simulation.reset();
  };
  const change = (key: string, value: number | null) => {
    setDraft((before) => ({ ...before, [key]: value }));
    simulation.reset(); // it was of other values
  };
  const editing = draft && { draft, wrong, onChange: change };
  const common = { standards: data.standards, words, editing };
  return (
    <>
      <PageTitle
        question={t("question")}
        asOf={data.biz_date}
        extra={
          data.may_propose &&
          (draft ? (
            <span className={styles.deeds}>
              <Button onClick={stop}>{t("shared:cancel")}</Button>
              <Button
                type="primary"
                disabled={!differs}
                loading={simulation.isPending}
                onClick={() => values && simulation.mutate(values)}
              >
                {t("simulate")}
              </Button>
            </span>
          ) : (
            <Button icon={<EditOutlined />} onClick={() => setDraft({})}>
              {t("edit")}
            </Button>
          ))
        }
      />
      <div className={styles.page}>
        {pending.map((one) => (
          <Pending key={one.id} change={one} words={words} />
        ))}
        {draft && !simulation.data && !simulation.isPending && !simulation.error && (
          <Alert type="info" showIcon title={t(differs ? "simulateNow" : "editHint")} />
        )}
        {simulation.isPending && (
          <Panel title={t("simulating")}>
            <Skeleton active title={false} paragraph={{ rows: 3 }} />
          </Panel>
        )}
        {simulation.error && !named && <ProblemView error={simulation.error} />}
        {simulation.error && named && <Alert type="error" showIcon title={t("lookBelow")} />}
        {simulation.data && (
          <Panel title={t("effect.title")}>
            <EffectView effect={simulation.data} sentence={words.sentence(simulation.data)} />
            <h3 className={styles.submit}>{t("submit.title")}</h3>
            <SubmitForm effect={simulation.data} waits={pending.length > 0} onDone={stop} />
          </Panel>
        )}
        <div className={styles.columns}>
          <TierRules {...common} />
          <StageRules {...common} />
        </div>
        <Past changes={data.changes.filter(({ status }) => status !== "PENDING")} words={words} />
      </div>
    </>
  );
}
