import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useBranch } from "../api";
import styles from "./care.module.css";

export const OWN = "own";
export const POOL = "pool";

interface Props {
  /** `own`, `pool`, or the id of a member of the team. */
  value: string;
  onChange: (value: string) => void;
}

/** A branch manager looks at the own list, the branch's pool, or a member's list. */
export function ListPicker({ value, onChange }: Props) {
  const { t } = useTranslation("care");
  const branch = useBranch(null);
  const lists = [
    { value: OWN, label: t("lists.own") },
    { value: POOL, label: t("nameCount", { name: t("lists.pool"), count: branch.data?.pool_tasks ?? 0 }) },
  ];
  const team = (branch.data?.team ?? []).map(({ user, tasks_left }) => ({
    value: String(user.id),
    label: t("nameCount", { name: user.name, count: tasks_left }),
  }));
  return (
    <Select
      className={styles.listPicker}
      aria-label={t("lists.name")}
      value={value}
      onChange={onChange}
      loading={branch.isPending}
      showSearch={{ optionFilterProp: "label" }}
      options={[...lists, { label: t("lists.team"), options: team }]}
    />
  );
}
