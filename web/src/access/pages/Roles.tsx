import { SafetyOutlined } from "@ant-design/icons";
import { App, Button, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import styles from "@/customers/components/ownership.module.css";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useMe } from "../api";
import { RoleTable } from "../components/RoleTable";
import { GrantDialog, RevokeDialog, RightDialog } from "../components/RoleDialogs";
import { useDecide, useRoles, type RoleOut, type RoleRequestOut, type StaffOut } from "../rolesApi";

type Asking = { what: "grant" } | { what: "revoke"; person: StaffOut } | { what: "right"; role: RoleOut };

/** 角色与权限: who may do what, and which change waits for a second pair of eyes. */
export function Component() {
  const { t } = useTranslation(["access", "shared"]);
  const me = useMe();
  const found = useRoles();
  const [asking, setAsking] = useState<Asking | null>(null);
  const page = found.data;
  const close = () => setAsking(null);
  return (
    <>
      <PageTitle
        question={t("roles.question")}
        extra={
          <span className={styles.actions}>
            {me.data?.rights.includes("history.read") && (
              <Link to="/history?kind=role_right">{t("roles.history")}</Link>
            )}
            {page?.may_request && (
              <Button type="primary" icon={<SafetyOutlined />} onClick={() => setAsking({ what: "grant" })}>
                {t("roles.grant")}
              </Button>
            )}
          </span>
        }
      />
      {found.error && !page && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 12 }} />}
      {page && (
        <div className={styles.page}>
          <Panel title={t("roles.waiting")} flush>
            {page.waiting.length ? (
              <Requests rows={page.waiting} />
            ) : (
              <EmptyState icon={<SafetyOutlined />} title={t("roles.noneWaiting")} hint={t("roles.how")} />
            )}
          </Panel>
          {page.granted.length > 0 && (
            <Panel title={t("roles.granted")} flush>
              <Granted
                rows={page.granted}
                onRevoke={page.may_request ? (person) => setAsking({ what: "revoke", person }) : undefined}
              />
            </Panel>
          )}
          <Panel title={t("roles.list")} flush>
            <RoleTable
              rows={page.roles}
              onChange={page.may_request ? (role) => setAsking({ what: "right", role }) : undefined}
            />
          </Panel>
          {page.decided.length > 0 && (
            <Panel title={t("roles.decided")} flush>
              <Requests rows={page.decided} />
            </Panel>
          )}
        </div>
      )}
      {page && asking?.what === "grant" && <GrantDialog roles={page.roles} onClose={close} />}
      {asking?.what === "revoke" && <RevokeDialog person={asking.person} onClose={close} />}
      {page && asking?.what === "right" && (
        <RightDialog role={asking.role} rights={page.all_rights} onClose={close} />
      )}
    </>
  );
}

function useWhat() {
  const { t } = useTranslation(["access", "shared"]);
  return ({ kind, user, role, right }: RoleRequestOut) =>
    t(`roles.what.${kind}`, {
      name: user ? `${user.name} ${user.emp_no}` : "",
      role: t(`shared:role.${role}`),
      right: right ? t(`right.${right}`, { defaultValue: right }) : "",
    });
}

function Requests({ rows }: { rows: RoleRequestOut[] }) {
  const { t } = useTranslation(["access", "shared"]);
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const format = useFormat();
  const what = useWhat();
  const decide = useDecide();
  const columns: Column<RoleRequestOut>[] = [
    {
      key: "what",
      title: t("roles.change"),
      render: (row) => (
        <span className={styles.stack}>
          <b>{what(row)}</b>
          <small>{row.reason}</small>
        </span>
      ),
    },
    {
      key: "made",
      title: t("roles.madeBy"),
      render: ({ made_by, made_at }) => (
        <span className={styles.stack}>
          {made_by}
          <small>{format.moment(made_at)}</small>
        </span>
      ),
    },
    {
      key: "decided",
      title: t("roles.decidedBy"),
      render: (row) =>
        row.decided_at ? (
          <span className={styles.stack}>
            <span>
              {row.decided_by}{" "}
              <Tag color={row.status === "APPROVED" ? "success" : "error"} variant="filled">
                {t(`roles.status.${row.status}`)}
              </Tag>
            </span>
            <small>{format.moment(row.decided_at)}</small>
          </span>
        ) : row.may_decide ? (
          <span className={styles.actions}>
            {[true, false].map((approve) => (
              <Button
                key={String(approve)}
                size="small"
                type={approve ? "primary" : "default"}
                danger={!approve}
                disabled={decide.isPending}
                onClick={() =>
                  decide.mutate(
                    { id: row.id, approve, note: "" },
                    {
                      onSuccess: () => void message.success(t(approve ? "roles.approved" : "roles.refused")),
                      onError: notice,
                    },
                  )
                }
              >
                {t(approve ? "roles.approve" : "roles.refuse")}
              </Button>
            ))}
          </span>
        ) : (
          <span className={styles.quiet}>{t("roles.byAnother")}</span>
        ),
    },
  ];
  return <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} />;
}

function Granted({
  rows,
  onRevoke,
}: {
  rows: StaffOut[];
  onRevoke?: ((person: StaffOut) => void) | undefined;
}) {
  const { t } = useTranslation(["access", "shared"]);
  const columns: Column<StaffOut>[] = [
    {
      key: "name",
      title: t("roles.person"),
      render: ({ name, emp_no, org_name }) => (
        <span className={styles.stack}>
          <b>{name}</b>
          <small>
            {emp_no} · {org_name}
          </small>
        </span>
      ),
    },
    { key: "role", title: t("roles.role"), render: ({ role }) => t(`shared:role.${role}`) },
    { key: "post", title: t("roles.post"), render: ({ post }) => t(`shared:role.${post}`) },
  ];
  if (onRevoke) {
    columns.push({
      key: "action",
      title: "",
      render: (person) => (
        <span className={styles.actions}>
          <Button size="small" onClick={() => onRevoke(person)}>
            {t("roles.revoke")}
          </Button>
        </span>
      ),
    });
  }
  return <DataTable rowKey={({ id }) => id} columns={columns} rows={rows} />;
}
