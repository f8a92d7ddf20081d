import { MessageOutlined } from "@ant-design/icons";
import { Alert, App, Button, Modal, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { requestKey } from "@/care/requestKey";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { usePreview, useSend, useSendable } from "../api";
import { useWhy } from "../useWhy";
import styles from "./outreach.module.css";
import { Words } from "./Words";

interface Props {
  customerId: number;
  name: string;
  /** The task that asks for it. */
  taskId?: number;
}

/** 发消息: choose a text that is approved, read what the customer will get, and whether it may go now. */
export function SendText(props: Props) {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (!me.data?.rights.includes("message.send")) return null;
  return (
    <>
      <Button icon={<MessageOutlined />} onClick={() => setOpen(true)}>
        {t("send.open")}
      </Button>
      {open && <Dialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ customerId, name, taskId, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const format = useFormat();
  const why = useWhy();
  const [template, setTemplate] = useState<number | null>(null);
  const [key] = useState(requestKey);
  const texts = useSendable(true);
  const preview = usePreview(customerId, template);
  const { mutate, isPending, error } = useSend(customerId);
  const shown = template === null ? undefined : preview.data;
  const never = shown !== undefined && shown.why !== "" && shown.until === null;
  const problem = error ?? texts.error ?? preview.error;
  return (
    <Modal
      open
      title={t("send.title", { name })}
      okText={t(shown?.until ? "send.later" : "send.now")}
      okButtonProps={{ disabled: !shown || never || preview.isFetching }}
      confirmLoading={isPending}
      onOk={() =>
        template !== null &&
        mutate(
          { template_id: template, request_key: key, task_id: taskId ?? null },
          {
            onSuccess: () => {
              void message.success(t("send.asked"));
              onClose();
            },
          },
        )
      }
      onCancel={onClose}
    >
      <div className={styles.form}>
        {texts.isPending && <Skeleton active paragraph={{ rows: 3 }} />}
        {texts.data?.length === 0 && <p className={styles.quiet}>{t("send.noTexts")}</p>}
        {texts.data && texts.data.length > 0 && (
          <Select
            aria-label={t("send.choose")}
            placeholder={t("send.choose")}
            value={template}
            showSearch={{ optionFilterProp: "label" }}
            options={texts.data.map((row) => ({
              value: row.id,
              label: `${row.name} · ${t(`channel.${row.channel}`)} · ${t(`kind.${row.kind}`)}`,
            }))}
            onChange={setTemplate}
          />
        )}
        {template !== null && preview.isPending && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
        {shown && (
          <>
            <span className={styles.quiet}>
              {t(shown.channel === "SMS" ? "edit.looks" : "edit.looksMail", { count: shown.parts })}
            </span>
            <Words subject={shown.subject} text={shown.text} />
            {shown.why !== "" && (
              <Alert
                type={never ? "error" : "info"}
                showIcon
                title={why(shown.why)}
                description={
                  shown.until ? t("send.waits", { at: format.moment(shown.until) }) : t("send.never")
                }
              />
            )}
          </>
        )}
        {problem && <ProblemView error={problem} />}
      </div>
    </Modal>
  );
}
