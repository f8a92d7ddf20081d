import { Button, Skeleton } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { TaskOut } from "../api";
import styles from "./care.module.css";
import { TaskRow } from "./TaskRow";

interface Props {
  tasks: TaskOut[];
  workday: string;
  selectedId: number | null;
  showOwner: boolean;
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
  onOpen: (task: TaskOut) => void;
}

/** The ordered list; more of it comes as its end comes into sight. */
export function TaskList({
  tasks,
  workday,
  selectedId,
  showOwner,
  hasMore,
  loadingMore,
  onMore,
  onOpen,
}: Props) {
  const { t } = useTranslation(["care", "shared"]);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current || !hasMore || loadingMore) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && onMore(), {
      rootMargin: "600px",
    });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [hasMore, loadingMore, onMore, tasks.length]);
  return (
    <>
      <ol className={styles.list} aria-label={t("list")}>
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            workday={workday}
            selected={task.id === selectedId}
            showOwner={showOwner}
            onOpen={onOpen}
          />
        ))}
      </ol>
      <div ref={end} className={styles.listEnd}>
        {loadingMore ? (
          <Skeleton active title={false} paragraph={{ rows: 2 }} />
        ) : hasMore ? (
          <Button type="text" onClick={onMore}>
            {t("shared:more")}
          </Button>
        ) : (
          <span className={styles.quiet}>{t("shared:thatIsAll")}</span>
        )}
      </div>
    </>
  );
}

export function TaskListSkeleton() {
  return (
    <div className={styles.skeletons} aria-hidden="true">
      {Array.from({ length: 8 }, (_, n) => (
        <Skeleton key={n} active title={{ width: "30%" }} paragraph={{ rows: 1, width: "80%" }} />
      ))}
    </div>
  );
}
