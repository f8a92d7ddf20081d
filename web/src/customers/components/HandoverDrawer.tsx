import { Drawer, Skeleton, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { HistoryButton } from "@/access/components/HistoryDrawer";
import { Amount } from "@/shared/components/Amount";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { ProblemView } from "@/shared/components/ProblemView";
import { TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import type { Schemas } from "@/app/client";
import { useHandover, useHandoverItems, type HandoverOut } from "../ownershipApi";
import { HandoverActions } from "./HandoverActions";
import { Matters } from "./Matters";
import styles from "./ownership.module.css";

const WAY = ["SUBMITTED", "ACCEPTED", "APPROVED", "EFFECTIVE"];
const PAGE_SIZE = 50;

/** One handover: how far it has come, whose word is missing, and what became of each customer. */
export function HandoverDrawer({ id, onClose }: { id: number | null; onClose: () => void }) {
  const { t } = useTranslation(["customers", "shared"]);
  const { phone } = useScreen();
  const found = useHandover(id);
  const handover = found.data;
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={phone ? "100%" : 720}
      title={handover && t("handover.fromTo", { from: handover.giver.name, to: handover.receiver.name })}
    >
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && id !== null && <Skeleton active />}
      {handover && (
        <div className={styles.drawer}>
          <Progress handover={handover} />
          <Facts handover={handover} />
          <div>
            <HistoryButton kind="handover" id={handover.id} />
          </div>
          <HandoverActions handover={handover} />
          <Items handover={handover} />
        </div>
      )}
    </Drawer>
  );
}

function Progress({ handover }: { handover: HandoverOut }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { phone } = useScreen();
  const ended = handover.status === "REJECTED" || handover.status === "WITHDRAWN";
  const at = WAY.indexOf(handover.status);
  return (
    <Steps
      size="small"
      orientation={phone ? "vertical" : "horizontal"}
      current={ended ? 0 : handover.status === "EFFECTIVE" ? WAY.length : at}
      status={ended ? "error" : "process"}
      items={WAY.map((state) => ({
        title: t(`handover.way.${state}`),
        content:
          state === "EFFECTIVE" && handover.effective_on ? format.date(handover.effective_on) : undefined,
      }))}
    />
  );
}

function Facts({ handover }: { handover: HandoverOut }) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const rows: [string, React.ReactNode][] = [
    [
      t("handover.giver"),
      `${handover.giver.name} · ${handover.giver_org}${handover.giver_left ? ` · ${t("handover.left")}` : ""}`,
    ],
    [t("handover.receiver"), `${handover.receiver.name} · ${handover.receiver_org}`],
    [t("handover.why"), [t(`handover.reason.${handover.reason}`), handover.note].filter(Boolean).join(" · ")],
    [t("handover.madeBy"), `${handover.made_by.name} · ${format.moment(handover.made_at)}`],
    ...handover.sides.map(({ side, org_name, by, at }): [string, React.ReactNode] => [
      t(`handover.side.${side}`),
      by && at ? `${by.name} · ${format.moment(at)}` : t("handover.notYet", { org: org_name }),
    ]),
  ];
  if (handover.closed_at && handover.status !== "EFFECTIVE") {
    const note = handover.closed_note === "RECEIVER_LEFT" ? t("handover.receiverLeft") : handover.closed_note;
    rows.push([
      t(`handover.status.${handover.status}`),
      [handover.closed_by?.name, format.moment(handover.closed_at), note].filter(Boolean).join(" · "),
    ]);
  }
  return (
    <dl className={styles.facts}>
      {rows.map(([name, value], index) => [
        <dt key={`${name}${index}`}>{name}</dt>,
        <dd key={`${name}${index}v`}>{value}</dd>,
      ])}
    </dl>
  );
}

function Items({ handover }: { handover: HandoverOut }) {
  const { t } = useTranslation(["customers", "shared"]);
  const format = useFormat();
  const [page, setPage] = useState(1);
  const found = useHandoverItems(handover.id, page);
  const effective = handover.status === "EFFECTIVE";
  const columns: Column<Schemas["HandoverItemOut"]>[] = [
    {
      key: "name",
      title: t("handover.customer"),
      render: ({ customer_id, is_visible, name, cust_no, matters }) => (
        <span className={styles.stack}>
          {is_visible ? <Link to={`/customers/${customer_id}`}>{name}</Link> : <b>{name}</b>}
          <small>{cust_no}</small>
          <Matters matters={matters} />
        </span>
      ),
    },
    { key: "tier", title: t("handover.tier"), render: ({ tier }) => <TierTag tier={tier} /> },
    {
      key: "aum",
      title: t("handover.aum"),
      align: "right",
      render: ({ aum, is_visible }) => <Amount value={aum} banded={!is_visible} />,
    },
    {
      key: "status",
      title: t("handover.outcome"),
      render: ({ status, conflict }) =>
        conflict ? (
          <span className={styles.late}>{t(`handover.conflict.${conflict}`)}</span>
        ) : (
          t(`handover.item.${status}`)
        ),
    },
  ];
  if (effective) {
    columns.push({
      key: "baseline",
      title: t("handover.baseline"),
      align: "right",
      render: ({ baseline, baseline_on, status, is_visible }) =>
        status !== "MOVED" ? (
          ""
        ) : baseline_on && is_visible ? (
          <span className={styles.stack}>
            <Amount value={baseline} />
            <small>{format.shortDate(baseline_on)}</small>
          </span>
        ) : (
          <span className={styles.quiet}>{baseline_on ? "—" : t("handover.baselineLater")}</span>
        ),
    });
  }
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  return (
    <DataTable
      rowKey={({ customer_id }) => customer_id}
      columns={columns}
      rows={found.data.rows}
      pages={{ page, pageSize: PAGE_SIZE, total: found.data.total, onPage: setPage }}
    />
  );
}
