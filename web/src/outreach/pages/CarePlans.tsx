import { HeartOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Input, Modal, Popconfirm, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { usePlanDeed, usePlans, type Plan, type PlanDeed } from "../api";
import styles from "../components/outreach.module.css";
import { PlanDialog } from "../components/PlanDialog";
import { ReadyCards } from "../ready/components/ReadyCards";

const COLOURS = {
  PENDING: "warning",
  RUNNING: "success",
  REFUSED: "error",
  WITHDRAWN: "default",
  STOPPED: "default",
} as const;

/** 关怀计划: which events are answered by a message by themselves. */
export function Component() {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const found = usePlans();
  const [{ event }, setUrl] = useUrlState({ event: "" });
  const [making, setMaking] = useState(event !== "");
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  const make = whole && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t("plan.new")}
    </Button>
  );
  return (
    <>
      <PageTitle question={t("plan.question")} extra={make} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.data && (
        <div className={styles.page}>
          <Panel flush>
            {found.data.length === 0 ? (
              <EmptyState
                icon={<HeartOutlined />}
                title={t("plan.none")}
                hint={whole ? `${t("plan.noneHint")} ${t("ready.invite")}` : t("plan.noneHint")}
                action={make}
              />
            ) : (
              <Rows rows={found.data} />
            )}
          </Panel>
          <ReadyCards kind="PLAN" />
        </div>
      )}
      {whole && making && (
        <PlanDialog
          about={event}
          onClose={() => {
            setMaking(false);
            setUrl({ event: "" });
          }}
        />
      )}
    </>
  );
}

function Rows({ rows }: { rows: Plan[] }) {
  const { t } = useTranslation(["outreach", "shared"]);
  const format = useFormat();
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("plan.name"),
          render: (row) => (
            <span className={styles.stack}>
              <strong>{row.name}</strong>
              <small>
                {row.event_name} · {t(`shared:tier.${row.tier_from}`)}
                {row.tier_to !== row.tier_from && ` ${t("plan.until")} ${t(`shared:tier.${row.tier_to}`)}`}
              </small>
            </span>
          ),
        },
        {
          key: "text",
          title: t("list.name"),
          render: (row) => (
            <span className={styles.stack}>
              {row.template}
              <small>
                {t(`channel.${row.channel}`)} · {t(`kind.${row.kind}`)}
              </small>
              {row.otherwise && row.otherwise_channel && (
                <small>
                  {t("channels.otherwise.shown", {
                    name: row.otherwise,
                    channel: t(`channel.${row.otherwise_channel}`),
                  })}
                </small>
              )}
              {row.template_retired && <Tag color="error">{t("plan.retired")}</Tag>}
            </span>
          ),
        },
        {
          key: "when",
          title: t("plan.when"),
          render: (row) => (
            <span className={styles.stack}>
              {t(row.on_due ? "plan.onDue" : "plan.nextDay")}
              <small>{t(row.instead ? "plan.instead" : "plan.beside")}</small>
            </span>
          ),
        },
        {
          key: "state",
          title: t("messages.state"),
          render: (row) => (
            <span className={styles.stack}>
              <Tag variant="filled" color={COLOURS[row.state]}>
                {t(`plan.state.${row.state}`)}
              </Tag>
              <small>
                {row.decided_by && row.decided_at
                  ? t("list.decided", { name: row.decided_by, at: format.moment(row.decided_at) })
                  : `${row.made_by} ${format.moment(row.made_at)}`}
              </small>
              {row.reason && <small>{t("list.because", { reason: row.reason })}</small>}
            </span>
          ),
        },
        {
          key: "sent",
          title: t("list.used"),
          align: "right",
          render: (row) => (
            <span className={`${styles.stack} ${styles.right}`}>
              {count(row.sent)}
              {row.refused > 0 && <small>{t("list.refused", { number: count(row.refused) })}</small>}
              {row.waiting > 0 && <small>{t("plan.waits", { number: count(row.waiting) })}</small>}
            </span>
          ),
        },
        { key: "deeds", title: "", render: (row) => <Deeds row={row} /> },
      ]}
    />
  );
}

function Deeds({ row }: { row: Plan }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = usePlanDeed();
  const act = (deed: PlanDeed) =>
    mutate(
      { plan: row.id, deed, reason },
      {
        onSuccess: () => {
          setRefusing(false);
          void message.success(t(`plan.done.${deed}`));
        },
      },
    );
  return (
    <span className={styles.tools}>
      {row.may_decide && (
        <>
          <Button
            type="primary"
            loading={isPending}
            aria-label={`${t("decide.approve")} ${row.name}`}
            onClick={() => act("approve")}
          >
            {t("decide.approve")}
          </Button>
          <Button danger aria-label={`${t("decide.refuse")} ${row.name}`} onClick={() => setRefusing(true)}>
            {t("decide.refuse")}
          </Button>
        </>
      )}
      {row.may_end && (
        <Popconfirm
          title={t(row.state === "RUNNING" ? "plan.stopSure" : "plan.takeBackSure")}
          onConfirm={() => act("end")}
        >
          <Button loading={isPending} aria-label={`${t("plan.stop")} ${row.name}`}>
            {t(row.state === "RUNNING" ? "plan.stop" : "decide.withdraw")}
          </Button>
        </Popconfirm>
      )}
      {error && !refusing && <ProblemView error={error} />}
      {refusing && (
        <Modal
          open
          title={`${t("decide.refuse")} · ${row.name}`}
          okText={t("decide.refuse")}
          okButtonProps={{ disabled: reason.trim() === "", danger: true }}
          confirmLoading={isPending}
          onOk={() => act("refuse")}
          onCancel={() => setRefusing(false)}
        >
          <div className={styles.form}>
            <label htmlFor="plan-refusal">{t("decide.reason")}</label>
            <Input.TextArea
              id="plan-refusal"
              rows={2}
              maxLength={200}
              value={reason}
              onChange={(change) => setReason(change.target.value)}
            />
            {error && <ProblemView error={error} />}
          </div>
        </Modal>
      )}
    </span>
  );
}
