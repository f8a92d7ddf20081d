import { QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Drawer } from "antd";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { KeyHelp } from "@/shared/components/KeyHelp";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useHotkeys } from "@/shared/hooks/useHotkeys";
import { useScreen } from "@/shared/hooks/useScreen";
import { useSettled } from "@/shared/hooks/useSettled";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useWorkbench, type ResultIn, type TaskOut } from "../api";
import type { Tab } from "../codes";
import styles from "../components/care.module.css";
import { EmptyList } from "../components/EmptyList";
import { Filters } from "../components/Filters";
import { ListPicker, OWN, POOL } from "../components/ListPicker";
import { Progress } from "../components/Progress";
import type { ResultFormHandle } from "../components/ResultForm";
import { TaskList, TaskListSkeleton } from "../components/TaskList";
import { TaskPanel } from "../components/TaskPanel";
import { ToForm } from "../components/ToForm";
import { workdayOf } from "../useDue";
import { useRecording } from "../useRecording";

const DEFAULTS = { status: "OPEN", type: "", tier: "", q: "", list: OWN, task: "" };
const KEYS = ["j", "k", "Enter", "c", "/", "Esc", "?"] as const;

export function Component() {
  const { t } = useTranslation("care");
  const me = useMe();
  const { phone, wide } = useScreen();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [help, setHelp] = useState(false);
  const form = useRef<ResultFormHandle>(null);
  const { send } = useRecording();

  const q = useSettled(url.q.trim());
  const status = url.status as Tab;
  const board = useWorkbench({
    status,
    type: url.type,
    tier: url.tier ? Number(url.tier) : null,
    q,
    pool: url.list === POOL,
    assignee: url.list === OWN || url.list === POOL ? null : Number(url.list),
  });
  const tasks = useMemo(() => board.data?.pages.flatMap((page) => page.tasks) ?? [], [board.data]);
  const first = board.data?.pages[0];
  const rights = me.data?.rights ?? [];
  const mayAssign = rights.includes("branch.read") && rights.includes("task.work");

  // Side by side there is always one task open; on a narrow screen only when asked for.
  const chosen = tasks.find((task) => String(task.id) === url.task);
  const shown = chosen ?? (wide ? tasks[0] : undefined);
  const open = (task: TaskOut | undefined) => setUrl({ task: task && String(task.id) });

  const step = (by: number) => {
    const at = shown ? tasks.indexOf(shown) : -1;
    const next = tasks[Math.min(Math.max(at + by, 0), tasks.length - 1)];
    if (!next) return;
    open(next);
    document.querySelector(`[data-task="${next.id}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const record = (task: TaskOut, result: ResultIn) => {
    const at = tasks.indexOf(task);
    open(wide ? (tasks[at + 1] ?? tasks[at - 1]) : undefined);
    send(task, result, () => open(task));
  };
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: () => open(shown ?? tasks[0]),
    c: () => {
      if (!shown) open(tasks[0]);
      setTimeout(() => form.current?.focus());
    },
    Escape: () => open(undefined),
    "?": () => setHelp(true),
  });

  const panel = shown && (
    <TaskPanel
      task={shown}
      mayWork={rights.includes("task.work")}
      mayAssign={mayAssign}
      form={form}
      onRecord={(result) => record(shown, result)}
    />
  );
  return (
    <>
      <PageTitle
        question={t("question")}
        asOf={first?.biz_date}
        extra={
          <div className={styles.titleExtra}>
            {first && <Progress counts={first.counts} />}
            {mayAssign && (
              <ListPicker value={url.list} onChange={(list) => setUrl({ list, task: undefined })} />
            )}
            {!phone && (
              <Button
                type="text"
                icon={<QuestionCircleOutlined />}
                title={t("keys.title")}
                aria-label={t("keys.title")}
                onClick={() => setHelp(true)}
              />
            )}
          </div>
        }
      />
      <div className={`${styles.bench} ${wide && panel ? styles.benchWide : ""}`}>
        <Panel flush className={styles.benchList}>
          <Filters
            status={status}
            type={url.type}
            tier={url.tier}
            q={url.q}
            counts={first?.counts}
            onChange={(change) => setUrl({ ...change, task: undefined })}
          />
          {board.error && !board.data && (
            <div className={styles.pad}>
              <ProblemView error={board.error} onRetry={() => void board.refetch()} />
            </div>
          )}
          {board.isPending && <TaskListSkeleton />}
          {first && tasks.length === 0 && (
            <EmptyList
              status={status}
              pool={url.list === POOL}
              filtered={Boolean(url.type || url.tier || q)}
              board={first}
              onClear={() => setUrl({ type: undefined, tier: undefined, q: undefined })}
            />
          )}
          {tasks.length > 0 && (
            <TaskList
              tasks={tasks}
              workday={workdayOf(first?.biz_date ?? null)}
              selectedId={shown?.id ?? null}
              showOwner={url.list === POOL}
              hasMore={board.hasNextPage}
              loadingMore={board.isFetchingNextPage}
              onMore={() => void board.fetchNextPage()}
              onOpen={open}
            />
          )}
        </Panel>
        {wide && panel && <aside className={styles.benchPanel}>{panel}</aside>}
      </div>
      {!wide && (
        <Drawer
          open={Boolean(panel)}
          onClose={() => open(undefined)}
          placement={phone ? "bottom" : "right"}
          size={phone ? "92dvh" : 480}
          title={t("record.drawer")}
          styles={{ body: { padding: 0 } }}
        >
          {panel}
          {phone && shown && shown.status !== "DONE" && (
            <ToForm key={shown.id} onPress={() => form.current?.focus()} />
          )}
        </Drawer>
      )}
      <KeyHelp
        title={t("keys.title")}
        keys={KEYS.map((key) => [key, t(`keys.${key}`)])}
        open={help}
        onClose={() => setHelp(false)}
      />
    </>
  );
}
