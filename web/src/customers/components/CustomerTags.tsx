import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Popover, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { useFormat } from "@/shared/hooks/useFormat";
import { problemText } from "@/shared/problem";
import type { CustomerOut } from "../api";
import { useBulk, useTags } from "../listsApi";
import styles from "./customers.module.css";

/** 手工标签: who put which on, until when; put on and taken off by those who may. */
export function CustomerTags({ customer }: { customer: CustomerOut }) {
  const { t } = useTranslation("customers");
  const format = useFormat();
  const { message } = App.useApp();
  const me = useMe();
  const catalogue = useTags();
  const bulk = useBulk();
  const [open, setOpen] = useState(false);
  const may = me.data?.rights.includes("tag.assign") ?? false;
  const put = (kind: "TAG_ADD" | "TAG_REMOVE", target: number) =>
    bulk.mutate(
      { kind, target, ids: [customer.id], expected: 1 },
      {
        onSuccess: () => setOpen(false),
        onError: (error) => void message.error(problemText(error, t).title),
      },
    );
  const has = new Set(customer.tags.map(({ id }) => id));
  const offered = (catalogue.data ?? []).filter(({ id }) => !has.has(id));
  return (
    <>
      {customer.tags.map((tag) => (
        <Tag
          key={tag.id}
          variant="filled"
          className={styles.mark}
          title={[
            t("tag.by", { name: tag.by, at: format.moment(tag.at) }),
            tag.expires_on && t("tag.until", { date: format.shortDate(tag.expires_on) }),
          ]
            .filter(Boolean)
            .join(t("comma"))}
          closable={may && { "aria-label": t("tag.remove", { name: tag.name }) }}
          onClose={(event) => {
            event.preventDefault();
            put("TAG_REMOVE", tag.id);
          }}
        >
          {tag.name}
        </Tag>
      ))}
      {may && (
        <Popover
          open={open}
          onOpenChange={setOpen}
          trigger="click"
          destroyOnHidden
          title={t("tag.add")}
          content={
            <div className={styles.addTag}>
              {offered.length ? (
                <Select
                  autoFocus
                  showSearch={{ optionFilterProp: "label" }}
                  aria-label={t("tag.add")}
                  placeholder={t("bulk.choose")}
                  loading={bulk.isPending}
                  onChange={(id: number) => put("TAG_ADD", id)}
                  options={offered.map(({ id, name }) => ({ value: id, label: name }))}
                />
              ) : (
                <span className={styles.quiet}>{t("tag.none")}</span>
              )}
            </div>
          }
        >
          <Button size="small" type="dashed" icon={<PlusOutlined />}>
            {t("tag.add")}
          </Button>
        </Popover>
      )}
    </>
  );
}
