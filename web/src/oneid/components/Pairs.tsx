import { MergeCellsOutlined } from "@ant-design/icons";
import { App, Pagination, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useHotkeys } from "@/shared/hooks/useHotkeys";
import { problemText } from "@/shared/problem";
import { useDecide, usePairs, type Pair, type Verdict } from "../api";
import { PAGE_SIZE } from "../codes";
import { NoteDialog } from "./NoteDialog";
import styles from "./oneid.module.css";
import { PairCard } from "./PairCard";

interface Props {
  later: boolean;
  page: number;
  onPage: (page: number) => void;
}

/** The queue: one pair after the other, by hand or by key. */
export function Pairs({ later, page, onPage }: Props) {
  const { t } = useTranslation(["oneid", "shared"]);
  const { message } = App.useApp();
  const [at, setAt] = useState<number | null>(null);
  const [asking, setAsking] = useState<{ pair: Pair; verdict: "SAME" | "DIFFERENT" } | null>(null);
  const found = usePairs(later, page);
  const decide = useDecide();
  const rows = found.data?.rows ?? [];
  const current = rows.find(({ id }) => id === at) ?? rows[0];

  const step = (by: number) => {
    const next = current && rows[rows.indexOf(current) + by];
    if (!next) return;
    setAt(next.id);
    document
      .querySelector(`[data-pair="${next.id}"]`)
      ?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  const send = (pair: Pair, verdict: Verdict, note: string) => {
    const index = rows.indexOf(pair);
    decide.mutate(
      { pair, verdict, note },
      {
        onSuccess: () => {
          setAsking(null);
          setAt((rows[index + 1] ?? rows[index - 1])?.id ?? null);
          void message.success(t(`decided.${verdict}`));
        },
        onError: (error) => {
          if (verdict === "LATER") void message.error(problemText(error, t).title);
        },
      },
    );
  };
  const ask = (pair: Pair | undefined, verdict: Verdict) => {
    if (!pair || decide.isPending) return;
    decide.reset();
    if (verdict === "LATER") send(pair, verdict, "");
    else setAsking({ pair, verdict });
  };
  useHotkeys(
    {
      j: () => step(1),
      k: () => step(-1),
      s: () => ask(current, "SAME"),
      d: () => ask(current, "DIFFERENT"),
      l: () => ask(current, "LATER"),
    },
    asking === null,
  );

  if (found.error && !found.data)
    return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 12 }} />;
  const name = later ? "later" : "open";
  if (rows.length === 0)
    return (
      <Panel>
        <EmptyState
          icon={<MergeCellsOutlined />}
          title={t(`empty.${name}.title`)}
          hint={t(`empty.${name}.hint`)}
        />
      </Panel>
    );
  return (
    <>
      <ol className={styles.list}>
        {rows.map((pair) => (
          <PairCard
            key={pair.id}
            pair={pair}
            bizDate={found.data.biz_date ?? pair.found_on}
            banded={found.data.banded}
            current={pair.id === current?.id}
            busy={decide.isPending}
            onDecide={(verdict) => {
              setAt(pair.id);
              ask(pair, verdict);
            }}
          />
        ))}
      </ol>
      <Pagination
        className={styles.pages}
        hideOnSinglePage
        simple
        align="end"
        current={page}
        pageSize={PAGE_SIZE}
        total={found.data.total}
        onChange={onPage}
      />
      {asking && (
        <NoteDialog
          title={t(`confirm.${asking.verdict}`)}
          hint={t(asking.verdict === "SAME" ? "confirm.sameHint" : "confirm.differentHint")}
          label={t("confirm.note")}
          ok={t(`decide.${asking.verdict}`)}
          pending={decide.isPending}
          error={decide.error}
          onOk={(note) => send(asking.pair, asking.verdict, note)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}
