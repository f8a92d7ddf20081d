import { HistoryOutlined } from "@ant-design/icons";
import { Button, Drawer, Skeleton, Timeline } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/components/EmptyState";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { useHistoryOf, type Opened } from "../historyApi";
import styles from "./audit.module.css";
import { Changes } from "./Changes";

/** 变更: opens who changed this, when, and from what to what. */
export function HistoryButton({ kind, id }: { kind: Opened; id: number }) {
  const { t } = useTranslation("access");
  const { phone } = useScreen();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const found = useHistoryOf(kind, id, open);
  return (
    <>
      <Button type="text" icon={<HistoryOutlined />} onClick={() => setOpen(true)}>
        {t("history.open")}
      </Button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        size={phone ? "100%" : 520}
        title={t("history.drawer", { kind: t(`history.kind.${kind}`) })}
      >
        {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
        {found.isPending && open && <Skeleton active />}
        {found.data?.length === 0 && (
          <EmptyState
            icon={<HistoryOutlined />}
            title={t("history.untouched")}
            hint={t(`history.untouchedHint.${kind}`)}
          />
        )}
        <Timeline
          items={(found.data ?? []).map((change) => ({
            key: change.id,
            content: (
              <>
                <strong>{change.by ? `${change.by} ${change.emp_no}` : t("history.system")}</strong>{" "}
                {t(`history.act.${change.act}`)}
                <small className={styles.at}>{format.moment(change.at)}</small>
                <Changes change={change} />
              </>
            ),
          }))}
        />
      </Drawer>
    </>
  );
}
