import { App, Button, Checkbox, Collapse, Input, Modal, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { useFormat } from "@/shared/hooks/useFormat";
import { usePolicies, usePublish, type PolicyOut } from "../api";
import { PURPOSES, type Purpose } from "../codes";
import styles from "../components/privacy.module.css";

const SHORTEST = 10;

/** 授权文本: what customers are asked to agree to, purpose by purpose. */
export function Component() {
  const { t } = useTranslation("privacy");
  const found = usePolicies();
  const [publishing, setPublishing] = useState<PolicyOut | null>(null);
  return (
    <>
      <PageTitle question={t("policies.question")} />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {found.data && (
        <div className={styles.page}>
          {PURPOSES.map((purpose) => {
            const [newest, ...earlier] = found.data.filter((policy) => policy.purpose === purpose);
            return (
              newest && (
                <Panel
                  key={purpose}
                  title={t(`purpose.${purpose}`)}
                  extra={
                    <Button
                      aria-label={`${t("policies.publish")} ${t(`purpose.${purpose}`)}`}
                      onClick={() => setPublishing(newest)}
                    >
                      {t("policies.publish")}
                    </Button>
                  }
                >
                  <Text policy={newest} />
                  {earlier.length > 0 && (
                    <Collapse
                      ghost
                      size="small"
                      items={[
                        {
                          key: "earlier",
                          label: t("policies.earlier"),
                          children: earlier.map((policy) => <Text key={policy.id} policy={policy} />),
                        },
                      ]}
                    />
                  )}
                </Panel>
              )
            );
          })}
        </div>
      )}
      {publishing && <PublishDialog newest={publishing} onClose={() => setPublishing(null)} />}
    </>
  );
}

function Text({ policy }: { policy: PolicyOut }) {
  const { t } = useTranslation("privacy");
  const format = useFormat();
  return (
    <div className={styles.dialog}>
      <blockquote className={styles.text}>{policy.text}</blockquote>
      <span className={styles.quiet}>
        {t("consents.version", { version: policy.version })} · {format.moment(policy.published_at)} ·{" "}
        {policy.published_by || t("policies.builtIn")}{" "}
        {policy.changes_purpose && <Tag color="orange">{t("policies.changed")}</Tag>}
      </span>
    </div>
  );
}

function PublishDialog({ newest, onClose }: { newest: PolicyOut; onClose: () => void }) {
  const { t } = useTranslation("privacy");
  const { message } = App.useApp();
  const [zh, setZh] = useState(newest.text_zh);
  const [en, setEn] = useState(newest.text_en);
  const [changes, setChanges] = useState(false);
  const { mutate, isPending, error } = usePublish();
  const same = zh.trim() === newest.text_zh && en.trim() === newest.text_en;
  const send = () =>
    mutate(
      { purpose: newest.purpose as Purpose, text_zh: zh, text_en: en, changes_purpose: changes },
      {
        onSuccess: (made) => {
          void message.success(t("policies.done", { version: made.version }));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t("policies.dialog", { purpose: t(`purpose.${newest.purpose}`) })}
      okText={t("policies.publish")}
      okButtonProps={{ disabled: same || Math.min(zh.trim().length, en.trim().length) < SHORTEST }}
      confirmLoading={isPending}
      onOk={send}
      onCancel={onClose}
    >
      <div className={styles.dialog}>
        <label htmlFor="policy-zh">{t("policies.zh")}</label>
        <Input.TextArea
          id="policy-zh"
          lang="zh"
          value={zh}
          rows={4}
          maxLength={2000}
          onChange={(event) => setZh(event.target.value)}
        />
        <label htmlFor="policy-en">{t("policies.en")}</label>
        <Input.TextArea
          id="policy-en"
          lang="en"
          value={en}
          rows={4}
          maxLength={2000}
          onChange={(event) => setEn(event.target.value)}
        />
        <Checkbox checked={changes} onChange={(event) => setChanges(event.target.checked)}>
          {t("policies.changes")}
        </Checkbox>
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}
