import { DeleteOutlined, PushpinOutlined } from "@ant-design/icons";
import { App, Button, Checkbox, Empty, Input, Modal, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { problemText } from "@/shared/problem";
import { useDropView, useSaveView, useViews, type SavedView } from "../listsApi";
import { toQuery, toUrl, type UrlQuery } from "../filters";
import styles from "./customers.module.css";

interface Props {
  url: UrlQuery;
  onApply: (url: UrlQuery) => void;
}

/** Filters, order and columns under a name: one's own, and those shared to one's org. */
export function SavedViews({ url, onApply }: Props) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [naming, setNaming] = useState(false);
  const views = useViews();
  const drop = useDropView();
  const apply = (view: SavedView) => {
    onApply({ ...toUrl(view.query), cols: view.columns.join(",") });
    setOpen(false);
  };
  const content = (
    <div className={styles.picker}>
      {views.error && <ProblemView error={views.error} onRetry={() => void views.refetch()} />}
      {views.data?.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("views.none")} />
      )}
      {views.data?.map((view) => (
        <div key={view.id} className={styles.pick}>
          <Button type="text" className={styles.viewName} onClick={() => apply(view)}>
            <span>{view.name}</span>
            <small className={styles.quiet}>
              {view.mine ? view.shared && t("views.sharedByMe") : t("views.sharedBy", { name: view.owner })}
            </small>
          </Button>
          {view.mine && (
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t("views.drop", { name: view.name })}
              onClick={() =>
                drop.mutate(view.id, { onError: (error) => void message.error(problemText(error, t).title) })
              }
            />
          )}
        </div>
      ))}
      <Button
        type="link"
        onClick={() => {
          setNaming(true);
          setOpen(false);
        }}
      >
        {t("views.save")}
      </Button>
    </div>
  );
  return (
    <>
      <Popover
        open={open}
        onOpenChange={setOpen}
        content={content}
        trigger="click"
        placement="bottomRight"
        title={t("views.title")}
      >
        <Button icon={<PushpinOutlined />}>{t("views.title")}</Button>
      </Popover>
      {naming && <NameView url={url} onClose={() => setNaming(false)} />}
    </>
  );
}

function NameView({ url, onClose }: { url: UrlQuery; onClose: () => void }) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useSaveView();
  const send = () =>
    save.mutate(
      {
        name,
        shared,
        query: toQuery({ ...url, page: "1" }),
        columns: url.cols ? url.cols.split(",") : [],
      } as Parameters<typeof save.mutate>[0],
      {
        onSuccess: () => {
          void message.success(t("views.saved"));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t("views.save")}
      onCancel={onClose}
      onOk={send}
      okButtonProps={{ disabled: !name.trim() }}
      confirmLoading={save.isPending}
    >
      <div className={styles.form}>
        <label className={styles.field}>
          <span>{t("views.name")}</span>
          <Input
            autoFocus
            maxLength={40}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={() => name.trim() && send()}
          />
        </label>
        <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
          {t("views.share")}
        </Checkbox>
        {save.error && <ProblemView error={save.error} />}
      </div>
    </Modal>
  );
}
