import { FormOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Modal, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "@/shared/components/DataTable";
import { EmptyState } from "@/shared/components/EmptyState";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { usePreferences } from "@/shared/preferences";
import { CustomFieldDialog } from "../components/CustomFieldDialog";
import styles from "../components/custom.module.css";
import {
  type CustomField,
  useCustomFields,
  useCustomFieldUse,
  useRestoreCustomField,
  useRetireCustomField,
} from "../customApi";

/** 自定义字段: what the bank itself wants to know of its customers. */
export function Component() {
  const { t } = useTranslation("customers");
  const found = useCustomFields();
  const [open, setOpen] = useState<"new" | CustomField | null>(null);
  const [retiring, setRetiring] = useState<CustomField | null>(null);
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen("new")}>
      {t("custom.add")}
    </Button>
  );
  return (
    <>
      <PageTitle question={t("custom.question")} extra={found.data?.length ? add : undefined} />
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data && (
        <Panel flush>
          {found.data.length ? (
            <FieldTable fields={found.data} onOpen={setOpen} onRetire={setRetiring} />
          ) : (
            <EmptyState
              icon={<FormOutlined />}
              title={t("custom.none")}
              hint={t("custom.noneHint")}
              action={add}
            />
          )}
        </Panel>
      )}
      {open && (
        <CustomFieldDialog {...(open === "new" ? {} : { field: open })} onClose={() => setOpen(null)} />
      )}
      {retiring && <RetireDialog field={retiring} onClose={() => setRetiring(null)} />}
    </>
  );
}

/** A text in the reader's language; the other one where it was not written. */
function useNamed() {
  const { language } = usePreferences();
  return (zh: string, en: string) => (language === "en" ? en || zh : zh || en);
}

interface TableProps {
  fields: CustomField[];
  onOpen: (field: CustomField) => void;
  onRetire: (field: CustomField) => void;
}

function FieldTable({ fields, onOpen, onRetire }: TableProps) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const named = useNamed();
  const notice = useProblemNotice();
  const restore = useRestoreCustomField();
  const columns: Column<CustomField>[] = [
    {
      key: "name",
      title: t("custom.name"),
      render: ({ name_zh, name_en, about_zh, about_en, code }) => (
        <span className={styles.name}>
          <strong>{named(name_zh, name_en)}</strong>
          <small>{[named(about_zh, about_en), code].filter(Boolean).join(" · ")}</small>
        </span>
      ),
    },
    {
      key: "kind",
      title: t("custom.kind"),
      render: ({ kind, unit, options }) => (
        <span className={styles.name}>
          <span>{[t(`custom.kinds.${kind}`), unit].filter(Boolean).join(" · ")}</span>
          <small>
            {options
              .filter(({ active }) => active)
              .map(({ zh, en }) => named(zh, en))
              .join(t("comma"))}
          </small>
        </span>
      ),
    },
    {
      key: "customers",
      title: t("custom.customers"),
      align: "right",
      render: ({ customers }) => <span className="num">{count(customers)}</span>,
    },
    {
      key: "where",
      title: t("custom.where"),
      render: ({ on_page }) => t(on_page ? "custom.onPage" : "custom.onlyRules"),
    },
    { key: "place", title: t("custom.placeShort"), align: "right", render: ({ place }) => place },
    { key: "owner", title: t("custom.owner"), render: ({ owner }) => owner },
    {
      key: "state",
      title: t("custom.state"),
      render: ({ is_active }) => (
        <Tag variant="filled" {...(is_active ? { color: "success" } : {})}>
          {t(is_active ? "custom.inUse" : "custom.retired")}
        </Tag>
      ),
    },
    {
      key: "deeds",
      title: "",
      wide: true,
      render: (field) => (
        <span className={styles.deeds}>
          <Button size="small" onClick={() => onOpen(field)}>
            {t("custom.edit")}
          </Button>
          {field.is_active ? (
            <Button size="small" danger onClick={() => onRetire(field)}>
              {t("custom.retire")}
            </Button>
          ) : (
            <Button
              size="small"
              onClick={() =>
                restore.mutate(field.code, {
                  onSuccess: () =>
                    void message.success(
                      t("custom.restoredDone", { name: named(field.name_zh, field.name_en) }),
                    ),
                  onError: notice,
                })
              }
            >
              {t("custom.restore")}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return <DataTable rowKey={({ code }) => code} columns={columns} rows={fields} />;
}

/** Before a field goes: where it is used. What segments or journeys name stays. */
function RetireDialog({ field, onClose }: { field: CustomField; onClose: () => void }) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const named = useNamed();
  const use = useCustomFieldUse(field.code);
  const retire = useRetireCustomField();
  const name = named(field.name_zh, field.name_en);
  const free = use.data !== undefined && !use.data.used_by.length && !use.data.others;
  return (
    <Modal
      open
      title={t("custom.retireTitle", { name })}
      okText={t("custom.retire")}
      okButtonProps={{ danger: true, disabled: !free }}
      confirmLoading={retire.isPending}
      onCancel={onClose}
      onOk={() =>
        retire.mutate(field.code, {
          onSuccess: () => {
            void message.success(t("custom.retiredDone", { name }));
            onClose();
          },
        })
      }
    >
      <div className={styles.use}>
        {use.isPending && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
        {use.error && <ProblemView error={use.error} onRetry={() => void use.refetch()} />}
        {use.data && (
          <div className={styles.use} role="status">
            <strong>{t("custom.usedBy", { number: count(use.data.customers) })}</strong>
            {use.data.used_by.length > 0 && (
              <span>{t("custom.usedByNamed", { names: use.data.used_by.join(t("comma")) })}</span>
            )}
            {use.data.others > 0 && (
              <span>{t("custom.usedByOthers", { number: count(use.data.others) })}</span>
            )}
          </div>
        )}
        <span className={styles.quiet}>
          {free || use.isPending ? t("custom.retireHint") : t("custom.blocked")}
        </span>
        {retire.error && <ProblemView error={retire.error} />}
      </div>
    </Modal>
  );
}
