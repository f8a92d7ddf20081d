import { Select, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useInside } from "../api";
import { INSIDE_STATES } from "../codes";
import { inOrder, stepOf } from "../definition";
import type { Say } from "../useSay";
import type { Inside, JourneyDetail } from "../types";
import styles from "./journey.module.css";

const PAGE_SIZE = 50;
const COLOURS = {
  INSIDE: "default",
  DONE: "default",
  GOAL: "success",
  HELD_OUT: "warning",
  STOPPED: "default",
} as const;

interface Props {
  journey: JourneyDetail;
  say: Say;
  asked: { state: string; step: string; page: string };
  onAsk: (asked: { state?: string; step?: string; page?: string }) => void;
}

/** Who is in the journey, or was: where they stand, since when, how it ended. */
export function Customers({ journey: { id, definition, entered }, say, asked, onAsk }: Props) {
  const { t } = useTranslation("outreach");
  const page = Number(asked.page) || 1;
  const found = useInside(id, asked.state, asked.step, page);
  const columns = useColumns(definition, say);
  const none = entered === 0 ? "nobody" : "none";
  return (
    <Panel flush>
      <div className={styles.filters}>
        <Select
          aria-label={t("journey.list.state")}
          popupMatchSelectWidth={false}
          value={asked.state}
          options={[
            { value: "", label: t("journey.list.anyState") },
            ...INSIDE_STATES.map((value) => ({ value, label: t(`journey.list.stateOf.${value}`) })),
          ]}
          onChange={(state) => onAsk({ state, page: "1" })}
        />
        <Select
          className={styles.steps}
          aria-label={t("journey.list.step")}
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: "label" }}
          value={asked.step}
          options={[
            { value: "", label: t("journey.list.anyStep") },
            ...inOrder(definition).map((step) => ({
              value: step.id,
              label: say.stepAt(definition, step.id),
            })),
          ]}
          onChange={(step) => onAsk({ step, page: "1" })}
        />
        {found.data && (
          <span className={styles.quiet}>{t("journey.list.total", { number: count(found.data.total) })}</span>
        )}
      </div>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active className={styles.waiting} paragraph={{ rows: 6 }} />}
      {found.data &&
        (found.data.rows.length > 0 ? (
          <DataTable
            rowKey={(row) => `${row.customer_id} ${row.entered_at}`}
            columns={columns}
            rows={found.data.rows}
            pages={{
              page,
              pageSize: PAGE_SIZE,
              total: found.data.total,
              onPage: (to) => onAsk({ page: String(to) }),
            }}
          />
        ) : (
          <EmptyState title={t(`journey.list.${none}`)} hint={t(`journey.list.${none}Hint`)} />
        ))}
    </Panel>
  );
}

function useColumns(definition: JourneyDetail["definition"], say: Say): Column<Inside>[] {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const short = (passed: string) => {
    const [id = ""] = passed.split(":"); // and the way out by which it was left
    const step = stepOf(definition, id);
    return step ? t(`journey.type.${step.type}`) : say.stepAt(definition, id);
  };
  return [
    {
      key: "name",
      title: t("journey.list.name"),
      render: ({ customer_id, name }) => <Link to={`/customers/${customer_id}`}>{name}</Link>,
    },
    {
      key: "state",
      title: t("journey.list.state"),
      render: ({ state }) => (
        <Tag
          variant="filled"
          color={COLOURS[state]}
          {...(state === "INSIDE" ? { className: styles.live } : {})}
        >
          {t(`journey.list.stateOf.${state}`)}
        </Tag>
      ),
    },
    {
      key: "step",
      title: t("journey.list.step"),
      wide: true,
      render: ({ step, path }) => (
        <span className={`${styles.stack} ${styles.wraps}`}>
          {step === null ? "—" : say.stepAt(definition, step)}
          {path.length > 1 && (
            <small>{t("journey.list.path", { path: path.map(short).join(t("journey.list.arrow")) })}</small>
          )}
        </span>
      ),
    },
    {
      key: "entered",
      title: t("journey.list.entered"),
      render: ({ entered_at }) => format.moment(entered_at),
    },
    {
      key: "due",
      title: t("journey.list.due"),
      render: ({ due_at, ended_at, reached_at }) => (
        <span className={styles.stack}>
          {reached_at && t("journey.list.reached", { at: format.moment(reached_at) })}
          {ended_at && !reached_at && t("journey.list.ended", { at: format.moment(ended_at) })}
          {!ended_at && !reached_at && (due_at ? format.moment(due_at) : "—")}
        </span>
      ),
    },
  ];
}
