import { TagsOutlined } from "@ant-design/icons";
import { App, Button, Modal, Skeleton, Tag as Mark } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useMakeTag, useRetireTag, useTags, useTagUse, type Tag } from "../listsApi";
import styles from "./customers.module.css";
import { MakeNew } from "./MakeNew";

/** The catalogue of tags; its keepers add and retire. */
export function KeptTags({ onShow }: { onShow: (tag: number) => void }) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const tags = useTags();
  const make = useMakeTag();
  const [retiring, setRetiring] = useState<Tag | null>(null);
  const may = me.data?.rights.includes("tag.manage") ?? false;
  return (
    <>
      {may ? (
        <MakeNew
          label={t("bulk.newTag")}
          most={20}
          make={(name) => make.mutateAsync({ name, expire_days: null })}
        />
      ) : (
        <p className={styles.quiet}>{t("kept.whoMakesTags")}</p>
      )}
      {tags.error && <ProblemView error={tags.error} onRetry={() => void tags.refetch()} />}
      {tags.isPending && <Skeleton active />}
      {tags.data?.length === 0 && (
        <EmptyState icon={<TagsOutlined />} title={t("kept.noTags")} hint={t("tag.none")} />
      )}
      <ul className={styles.kept}>
        {tags.data?.map((tag) => (
          <li key={tag.id}>
            <div className={styles.two}>
              <span>
                <Mark variant="filled" className={styles.mark}>
                  {tag.name}
                </Mark>
              </span>
              <small className={styles.quiet}>
                {[
                  tag.org_name,
                  tag.expire_days
                    ? t("kept.days", { count: tag.expire_days, number: tag.expire_days })
                    : t("kept.untilRemoved"),
                ].join(" · ")}
              </small>
            </div>
            <div className={styles.keptActions}>
              <Button size="small" onClick={() => onShow(tag.id)}>
                {t("kept.show")}
              </Button>
              {tag.mine && (
                <Button size="small" danger onClick={() => setRetiring(tag)}>
                  {t("kept.retire")}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {retiring && <RetireDialog tag={retiring} onClose={() => setRetiring(null)} />}
    </>
  );
}

/** Before a tag goes: where it is used. */
function RetireDialog({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const use = useTagUse(tag.id);
  const retire = useRetireTag();
  const send = () =>
    retire.mutate(tag.id, {
      onSuccess: () => {
        void message.success(t("kept.retired", { name: tag.name }));
        onClose();
      },
    });
  return (
    <Modal
      open
      title={t("kept.retireTitle", { name: tag.name })}
      onCancel={onClose}
      onOk={send}
      okText={t("kept.retire")}
      okButtonProps={{ danger: true, disabled: !use.data }}
      confirmLoading={retire.isPending}
    >
      <div className={styles.form}>
        {use.isPending && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
        {use.error && <ProblemView error={use.error} onRetry={() => void use.refetch()} />}
        {use.data && (
          <div className={styles.preview} role="status">
            <strong>
              {t("kept.usedBy", { number: count(use.data.customers), count: use.data.customers })}
            </strong>
            {use.data.outlets.map(({ name, customers }) => (
              <span key={name} className={styles.quiet}>
                {t("nameCount", { name, count: customers })}
              </span>
            ))}
            {use.data.views.length > 0 && (
              <span>{t("kept.inViews", { names: use.data.views.join(t("comma")) })}</span>
            )}
          </div>
        )}
        <span className={styles.quiet}>{t("kept.retireHint")}</span>
        {retire.error && <ProblemView error={retire.error} />}
      </div>
    </Modal>
  );
}
