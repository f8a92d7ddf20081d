import { BellOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Skeleton, Tag } from "antd";
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
import { type OwnEvent, useOwnEvents } from "../ownEvents/api";
import { EventDrawer } from "../ownEvents/EventDrawer";
import { EventForm } from "../ownEvents/EventForm";
import styles from "../ownEvents/own.module.css";

/** 自定义事件: reasons to contact that the bank adds by itself. */
export function Component() {
  const { t } = useTranslation("care");
  const me = useMe();
  const found = useOwnEvents();
  const [{ event, edit }, setUrl] = useUrlState({ event: "", edit: "" });
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  const chosen = found.data?.find(({ id }) => `${id}` === event);
  const make = whole && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setUrl({ event: "", edit: "new" })}>
      {t("own.new")}
    </Button>
  );
  const close = () => setUrl({ event: "", edit: "" });
  return (
    <>
      <PageTitle question={t("own.question")} extra={make} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {found.data && (
        <Panel flush>
          {found.data.length === 0 ? (
            <EmptyState
              icon={<BellOutlined />}
              title={t("own.none")}
              hint={t(whole ? "own.noneHint" : "own.noneOthers")}
              action={make}
            />
          ) : (
            <Rows rows={found.data} onOpen={(id) => setUrl({ event: `${id}`, edit: "" })} />
          )}
        </Panel>
      )}
      {chosen && edit === "" && (
        <EventDrawer
          key={chosen.id}
          event={chosen}
          onClose={close}
          onEdit={() => setUrl({ event: `${chosen.id}`, edit: "yes" })}
        />
      )}
      {whole && edit !== "" && (edit === "new" || chosen?.may_edit) && (
        <EventForm event={edit === "new" ? null : (chosen ?? null)} onClose={close} />
      )}
    </>
  );
}

function Rows({ rows, onOpen }: { rows: OwnEvent[]; onOpen: (id: number) => void }) {
  const { t } = useTranslation(["care", "shared"]);
  return (
    <DataTable
      rowKey={({ id }) => id}
      rows={rows}
      columns={[
        {
          key: "name",
          title: t("own.field.name_zh"),
          render: (row) => (
            <span className={`${styles.stack} ${styles.says}`}>
              <Button type="link" size="small" className={styles.name} onClick={() => onOpen(row.id)}>
                {row.name}
              </Button>
              <small>{shown(row)?.segment_name}</small>
            </span>
          ),
        },
        { key: "state", title: t("own.state.title"), render: (row) => <State row={row} /> },
        {
          key: "list",
          title: t("own.onList"),
          render: (row) => {
            const version = shown(row);
            return (
              version && (
                <span className={styles.stack}>
                  {t(`own.priority.${version.priority}`)}
                  <small>
                    {t(`own.channel.${version.channel}`)} · {t("own.every", { count: version.quiet_days })}
                  </small>
                </span>
              )
            );
          },
        },
        { key: "raised", title: t("own.raised"), align: "right", render: (row) => count(row.raised) },
        {
          key: "open",
          title: "",
          render: (row) => (
            <Button
              type={row.may_decide ? "primary" : "default"}
              aria-label={`${t(row.may_decide ? "own.decide" : "own.open")} ${row.name}`}
              onClick={() => onOpen(row.id)}
            >
              {t(row.may_decide ? "own.decide" : "own.open")}
            </Button>
          ),
        },
      ]}
    />
  );
}

const shown = (row: OwnEvent) => row.holds ?? row.newest;

function State({ row }: { row: OwnEvent }) {
  const { t } = useTranslation("care");
  const format = useFormat();
  const waits = row.newest?.state === "PENDING";
  const since = row.holds?.valid_from;
  return (
    <span className={styles.stack}>
      <span className={styles.tools}>
        {row.stopped_at ? (
          <Tag variant="filled">{t("own.stopped")}</Tag>
        ) : row.holds ? (
          <Tag variant="filled" color={row.idle ? "error" : "success"}>
            {t(row.idle ? "own.idleShort" : "own.runs")}
          </Tag>
        ) : null}
        {waits && (
          <Tag variant="filled" color="warning">
            {t("own.waits", { number: row.newest?.number })}
          </Tag>
        )}
        {!row.holds && !waits && row.newest && (
          <Tag variant="filled" color={row.newest.state === "REFUSED" ? "error" : "default"}>
            {t(`own.state.${row.newest.state}`)}
          </Tag>
        )}
      </span>
      {row.stopped_at ? (
        <small>{format.moment(row.stopped_at)}</small>
      ) : (
        since && <small>{t("own.since", { date: format.date(since) })}</small>
      )}
    </span>
  );
}
