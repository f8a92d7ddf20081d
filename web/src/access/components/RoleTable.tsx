import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import styles from "@/customers/components/ownership.module.css";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { count } from "@/shared/format/numbers";
import type { RoleOut } from "../rolesApi";

/** Every role with what it may do here, and where that departs from the default. */
export function RoleTable({
  rows,
  onChange,
}: {
  rows: RoleOut[];
  onChange?: ((role: RoleOut) => void) | undefined;
}) {
  const { t } = useTranslation(["access", "shared"]);
  const name = (right: string) => t(`right.${right}`, { defaultValue: right });
  const columns: Column<RoleOut>[] = [
    {
      key: "role",
      title: t("roles.role"),
      render: ({ role, people }) => (
        <span className={styles.stack}>
          <b>{t(`shared:role.${role}`)}</b>
          <small>{t("shared:people", { count: count(people) })}</small>
        </span>
      ),
    },
    {
      key: "rights",
      wide: true,
      title: t("roles.rights"),
      render: ({ rights, added, removed }) => (
        <span className={styles.rights}>
          {rights.length + removed.length === 0 && <span className={styles.quiet}>{t("roles.none")}</span>}
          {rights.map((right) => (
            <Tag key={right} color={added.includes(right) ? "success" : "default"} variant="filled">
              {added.includes(right) ? t("roles.added", { right: name(right) }) : name(right)}
            </Tag>
          ))}
          {removed.map((right) => (
            <Tag key={right} color="error" variant="filled">
              {t("roles.removed", { right: name(right) })}
            </Tag>
          ))}
        </span>
      ),
    },
  ];
  if (onChange) {
    columns.push({
      key: "action",
      title: "",
      render: (row) => (
        <span className={styles.actions}>
          <Button size="small" disabled={row.is_own} onClick={() => onChange(row)}>
            {t("roles.changeRights")}
          </Button>
        </span>
      ),
    });
  }
  return <DataTable rowKey={({ role }) => role} columns={columns} rows={rows} />;
}
