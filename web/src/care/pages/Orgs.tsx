import { App, Breadcrumb, Button, Popconfirm, Progress, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import type { Schemas } from "@/app/client";
import styles from "@/customers/components/ownership.module.css";
import { useDisable, useOrg } from "@/customers/ownershipApi";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useUrlState } from "@/shared/hooks/useUrlState";

type Org = Schemas["OrgRow"];
type Staff = Schemas["StaffRow"];

/** 机构: who works where, and how many customers each looks after. */
export function Component() {
  const { t } = useTranslation(["care", "shared"]);
  const [url] = useUrlState({ org: "" });
  const found = useOrg(url.org ? Number(url.org) : null);
  const page = found.data;
  return (
    <>
      <PageTitle question={t("orgs.question")} asOf={page?.biz_date} />
      {found.error && !page && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {page && (
        <div className={styles.page} aria-busy={found.isPlaceholderData}>
          {page.path.length > 1 && (
            <Breadcrumb
              aria-label={t("orgs.path")}
              items={page.path.map(({ id, name }) => ({
                key: id,
                title: id === page.org.id ? name : <Link to={`/orgs?org=${id}`}>{name}</Link>,
              }))}
            />
          )}
          <Panel title={`${page.org.name} · ${page.org_no}`}>
            <Line org={page.org} successor={page.successor} />
          </Panel>
          {page.children.length > 0 && <Children rows={page.children} />}
          <Panel title={t("orgs.staff")} flush>
            {page.staff.length ? (
              <Staffs rows={page.staff} mayDisable={page.may_disable} />
            ) : (
              <EmptyState title={t("orgs.noStaff")} hint={t("orgs.noStaffHint")} />
            )}
            {page.staff_total > page.staff.length && (
              <div className={styles.bar}>
                <span className={styles.quiet}>
                  {t("orgs.cut", { shown: page.staff.length, count: page.staff_total })}
                </span>
              </div>
            )}
          </Panel>
        </div>
      )}
    </>
  );
}

/** Who sees no customer is told no number of them: the 0 in their scope is not how many there are. */
const useSeesCustomers = () => useMe().data?.rights.includes("customer.read") ?? false;

function Line({ org, successor }: { org: Org; successor: string }) {
  const { t } = useTranslation("care");
  const sees = useSeesCustomers();
  const facts: [string, string][] = [
    [t("orgs.headcount"), count(org.staff)],
    [t("orgs.managers"), count(org.managers)],
  ];
  if (sees)
    facts.push(
      [t("orgs.customers"), count(org.customers)],
      [t("orgs.pool"), count(org.pool)],
      [
        t("orgs.perManager"),
        org.managers ? count(Math.round((org.customers - org.pool) / org.managers)) : "—",
      ],
    );
  return (
    <>
      {!org.is_open && (
        <p className={styles.late}>
          {successor ? t("orgs.mergedInto", { org: successor }) : t("orgs.closed")}
        </p>
      )}
      <dl className={styles.figures}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Children({ rows }: { rows: Org[] }) {
  const { t } = useTranslation("care");
  const sees = useSeesCustomers();
  const columns: Column<Org>[] = [
    {
      key: "name",
      title: t("orgs.org"),
      render: ({ id, name, is_open }) => (
        <span>
          <Link to={`/orgs?org=${id}`}>{name}</Link> {!is_open && <Tag>{t("orgs.closed")}</Tag>}
        </span>
      ),
    },
    { key: "staff", title: t("orgs.headcount"), align: "right", render: (row) => count(row.staff) },
    { key: "managers", title: t("orgs.managers"), align: "right", render: (row) => count(row.managers) },
  ];
  if (sees)
    columns.push(
      {
        key: "customers",
        title: t("orgs.customers"),
        align: "right",
        render: (row) => count(row.customers),
      },
      { key: "pool", title: t("orgs.pool"), align: "right", render: (row) => count(row.pool) },
    );
  return (
    <Panel title={t("orgs.children")} flush>
      <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} />
    </Panel>
  );
}

function Staffs({ rows, mayDisable }: { rows: Staff[]; mayDisable: boolean }) {
  const { t } = useTranslation(["care", "shared"]);
  const sees = useSeesCustomers();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const format = useFormat();
  const disable = useDisable();
  const columns: Column<Staff>[] = [
    {
      key: "name",
      title: t("orgs.name"),
      render: ({ user, role, post }) => (
        <span className={styles.stack}>
          <b>{user.name}</b>
          <small>
            {user.emp_no} · {t(`shared:role.${role}`)}
            {post && ` · ${t("orgs.post", { post: t(`shared:role.${post}`) })}`}
          </small>
        </span>
      ),
    },
    {
      key: "state",
      title: t("orgs.state"),
      render: ({ is_active, is_disabled, customers, away_until }) =>
        is_disabled ? (
          <Tag>{t("orgs.disabled")}</Tag>
        ) : !is_active ? (
          <Tag color="warning">{t(customers ? "orgs.leaving" : "orgs.gone")}</Tag>
        ) : away_until ? (
          <Tag color="processing">{t("orgs.awayUntil", { date: format.shortDate(away_until) })}</Tag>
        ) : (
          t("orgs.here")
        ),
    },
  ];
  const loads: Column<Staff>[] = [
    {
      key: "customers",
      title: t("orgs.customers"),
      align: "right",
      render: ({ customers, capacity }) => (customers || capacity ? count(customers) : "—"),
    },
    {
      key: "load",
      title: t("orgs.load"),
      width: 200,
      render: ({ customers, capacity }) =>
        capacity ? (
          <Progress
            size="small"
            percent={Math.round((customers / capacity) * 100)}
            status={customers > capacity ? "exception" : "normal"}
            format={(percent) => `${percent ?? 0}%`}
          />
        ) : (
          <span className={styles.quiet}>—</span>
        ),
    },
  ];
  if (sees) columns.push(...loads);
  if (mayDisable) {
    columns.push({
      key: "action",
      title: "",
      render: ({ user, is_disabled, is_active }) =>
        (is_active || is_disabled) && (
          <span className={styles.actions}>
            <Popconfirm
              title={t(is_disabled ? "orgs.enableSure" : "orgs.disableSure", { name: user.name })}
              onConfirm={() =>
                disable.mutate(
                  { id: user.id, disable: !is_disabled },
                  {
                    onSuccess: () =>
                      void message.success(t(is_disabled ? "orgs.enabled" : "orgs.wasDisabled")),
                    onError: notice,
                  },
                )
              }
            >
              <Button size="small" danger={!is_disabled}>
                {t(is_disabled ? "orgs.enable" : "orgs.disable")}
              </Button>
            </Popconfirm>
          </span>
        ),
    });
  }
  return <DataTable rowKey={({ user }) => user.id} columns={columns} rows={rows} />;
}
