import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { Amount } from "@/shared/components/Amount";
import { Explain } from "@/shared/components/Explain";
import { count, percent } from "@/shared/format/numbers";
import styles from "./branch.module.css";

interface Props {
  branch: Schemas["BranchOut"];
  mayAssign: boolean;
}

/** The org's numbers, each with how it is counted. */
export function BranchFigures({ branch, mayAssign }: Props) {
  const { t } = useTranslation("care");
  const { org, biz_date: day, pool_tasks: pool } = branch;
  const managed = org.customers ? org.managed / org.customers : 0;
  const figures: { name: string; value: ReactNode; note?: ReactNode; how?: string }[] = [
    { name: "aum", value: <Amount value={org.aum} />, how: "aumHow" },
    { name: "net", value: <Amount value={org.net_month} change />, how: "netHow" },
    {
      name: "customers",
      value: count(org.customers),
      note: t("board.managed", { percent: percent(managed, 0) }),
      how: "managedHow",
    },
    { name: "left", value: count(org.tasks_left), how: "leftHow" },
    {
      name: "overdue",
      value: <span className={org.overdue > 0 ? styles.late : undefined}>{count(org.overdue)}</span>,
      how: "overdueHow",
    },
    {
      name: "pool",
      value: count(pool),
      note: mayAssign && pool > 0 && <Link to="/workbench?list=pool">{t("board.poolAction")}</Link>,
    },
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, value, note, how }) => (
        <div key={name}>
          <dt>
            {how ? (
              <Explain title={t(`board.${name}`)} text={t(`board.${how}`)} asOf={day}>
                {t(`board.${name}`)}
              </Explain>
            ) : (
              t(`board.${name}`)
            )}
          </dt>
          <dd>
            <strong>{value}</strong>
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
