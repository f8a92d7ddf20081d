import { CheckCircleOutlined, InboxOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/app/client";
import { EmptyState } from "@/shared/components/EmptyState";
import type { Tab } from "../codes";

interface Props {
  status: Tab;
  filtered: boolean;
  pool: boolean;
  board: Schemas["Workbench"];
  onClear: () => void;
}

/** Why the list is empty, and what one can do now. */
export function EmptyList({ status, filtered, pool, board, onClear }: Props) {
  const { t } = useTranslation(["care", "shared"]);
  if (filtered) {
    return (
      <EmptyState
        icon={<InboxOutlined />}
        title={t("empty.filtered.title")}
        hint={t("empty.filtered.hint")}
        action={<Button onClick={onClear}>{t("shared:clear")}</Button>}
      />
    );
  }
  const finished = status === "OPEN" && board.counts.done > 0;
  const reason = !board.biz_date
    ? "noNight"
    : finished
      ? "finished"
      : pool && status === "OPEN"
        ? "pool"
        : status;
  return (
    <EmptyState
      icon={finished ? <CheckCircleOutlined /> : <InboxOutlined />}
      title={t(`empty.${reason}.title`)}
      hint={t(`empty.${reason}.hint`, { count: board.counts.overflow })}
      action={
        status === "OPEN" && (
          <Link to="/customers">
            <Button>{t("empty.toCustomers")}</Button>
          </Link>
        )
      }
    />
  );
}
