import { MergeCellsOutlined } from "@ant-design/icons";
import { App, Button, Input, Pagination, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Amount } from "@/shared/components/Amount";
import { DataTable, type Column } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { TierTag } from "@/shared/components/Tags";
import { useFormat } from "@/shared/hooks/useFormat";
import { useSettled } from "@/shared/hooks/useSettled";
import { problemText } from "@/shared/problem";
import { useAskSplit, useChooseLead, usePersons, type OneNumber, type OnePerson } from "../api";
import { PAGE_SIZE } from "../codes";
import { NoteDialog } from "./NoteDialog";
import styles from "./oneid.module.css";

const SHORTEST = 4;

interface Props {
  /** Only persons whose main managers must be sorted out. */
  owners: boolean;
  q: string;
  page: number;
  onChange: (change: { q?: string; page?: string }) => void;
}

/** Persons of several numbers: what they hold together, who manages them, and the way to take one out. */
export function Persons({ owners, q, page, onChange }: Props) {
  const { t } = useTranslation(["oneid", "shared"]);
  const { message } = App.useApp();
  const [taking, setTaking] = useState<OneNumber | null>(null);
  const split = useAskSplit();
  const found = usePersons(useSettled(q.trim()), owners, page);
  const name = owners ? "owners" : "persons";
  return (
    <>
      {owners ? (
        <p className={styles.intro}>{t("owners.why")}</p>
      ) : (
        <div className={styles.bar}>
          <Input
            className={styles.search}
            allowClear
            value={q}
            placeholder={t("search")}
            aria-label={t("search")}
            onChange={(event) => onChange({ q: event.target.value, page: "1" })}
          />
        </div>
      )}
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data?.rows.length === 0 && (
        <Panel>
          <EmptyState
            icon={<MergeCellsOutlined />}
            title={t(`empty.${name}.title`)}
            hint={t(`empty.${name}.hint`)}
          />
        </Panel>
      )}
      {found.data && (
        <div className={styles.list}>
          {found.data.rows.map((person) => (
            <PersonCard
              key={person.one_id}
              person={person}
              bizDate={found.data.biz_date}
              banded={found.data.banded}
              owners={owners}
              onTake={(number) => {
                split.reset();
                setTaking(number);
              }}
            />
          ))}
          <Pagination
            hideOnSinglePage
            simple
            align="end"
            current={page}
            pageSize={PAGE_SIZE}
            total={found.data.total}
            onChange={(to) => onChange({ page: String(to) })}
          />
        </div>
      )}
      {taking && (
        <NoteDialog
          title={t("split.title", { number: taking.cust_no })}
          hint={t("split.hint")}
          label={t("split.note")}
          ok={t("split.ask")}
          least={SHORTEST}
          pending={split.isPending}
          error={split.error}
          onClose={() => setTaking(null)}
          onOk={(note) =>
            split.mutate(
              { customerId: taking.customer_id, note },
              {
                onSuccess: () => {
                  setTaking(null);
                  void message.success(t("split.done"));
                },
              },
            )
          }
        />
      )}
    </>
  );
}

interface CardProps {
  person: OnePerson;
  bizDate: string | null;
  banded: boolean;
  owners: boolean;
  onTake: (number: OneNumber) => void;
}

function PersonCard({ person, bizDate, banded, owners, onTake }: CardProps) {
  const { t } = useTranslation(["oneid", "customers"]);
  const format = useFormat();
  const columns: Column<OneNumber>[] = [
    {
      key: "number",
      title: t("number"),
      render: (row) => <Link to={`/customers/${row.customer_id}`}>{row.cust_no}</Link>,
    },
    { key: "org", title: t("org"), render: (row) => row.org_name },
    { key: "manager", title: t("manager"), render: (row) => row.manager?.name ?? t("pool") },
    {
      key: "since",
      title: t("since"),
      render: (row) => format.shortDate(row.open_date, bizDate ?? undefined),
    },
    {
      key: "aum",
      title: t("aum"),
      align: "right",
      render: (row) => <Amount value={row.aum} banded={banded} />,
    },
    { key: "tier", title: t("customers:column.tier"), render: (row) => <TierTag tier={row.tier} /> },
    { key: "rule", title: t("linked"), render: (row) => t(`rule.${row.rule}`) },
  ];
  if (person.whole && !owners) {
    columns.push({
      key: "act",
      title: "",
      align: "right",
      render: (row) =>
        row.split_asked ? (
          <span className={styles.quiet}>{t("split.asked")}</span>
        ) : (
          <Button onClick={() => onTake(row)}>{t("split.action")}</Button>
        ),
    });
  }
  return (
    <section className={styles.pair}>
      <div className={styles.personHead}>
        <h2>{person.members[0]?.name}</h2>
        <span>{t("merged", { count: person.members.length })}</span>
        <span>
          {t("together")} <Amount value={person.aum} banded={banded} />
        </span>
        {person.lead && <span className={styles.quiet}>{t("lead", { name: person.lead.name })}</span>}
        {!person.whole && <span className={styles.quiet}>{t("notAll")}</span>}
      </div>
      <DataTable rowKey={(row) => row.customer_id} columns={columns} rows={person.members} />
      {owners && <Lead person={person} />}
    </section>
  );
}

function Lead({ person }: { person: OnePerson }) {
  const { t } = useTranslation(["oneid", "shared"]);
  const { message } = App.useApp();
  const choose = useChooseLead();
  const send = (managerId: number | null) =>
    choose.mutate(
      { person, managerId },
      {
        onSuccess: () => void message.success(t("owners.done")),
        onError: (error) => void message.error(problemText(error, t).title),
      },
    );
  return (
    <div className={styles.owners}>
      {person.managers.map((manager) => (
        <Button key={manager.id} disabled={choose.isPending} onClick={() => send(manager.id)}>
          {t("owners.choose", { name: manager.name })}
        </Button>
      ))}
      <Button type="text" disabled={choose.isPending} onClick={() => send(null)}>
        {t("owners.each")}
      </Button>
    </div>
  );
}
