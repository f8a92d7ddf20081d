import { App, Button, DatePicker, Divider, Input, Modal, Segmented, Select, Skeleton } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useScreen } from "@/shared/hooks/useScreen";
import { problemText } from "@/shared/problem";
import {
  useBulk,
  useBulkPreview,
  useCustomerLists,
  useMakeList,
  useMakeTag,
  useTags,
  useUndoBulk,
  type BulkIn,
} from "../listsApi";
import type { CustomerQuery } from "../filters";
import styles from "./customers.module.css";

export const BULK_KINDS = ["TAG_ADD", "TAG_REMOVE", "LIST_ADD", "LIST_REMOVE"] as const;
export const LEFT_OUT = ["OUT_OF_SCOPE", "CLOSED", "HAS_IT", "LACKS_IT"] as const;
export type BulkKind = (typeof BULK_KINDS)[number];
export type Chosen = { ids: number[] } | { query: CustomerQuery };
const UNDO_SECONDS = 20;

interface Props {
  kind: BulkKind;
  chosen: Chosen;
  onClose: () => void;
  onDone: () => void;
}

/** Do something to many customers: first it is said how many and who is left out, then done, then undone if wanted. */
export function BulkDialog({ kind: first, chosen, onClose, onDone }: Props) {
  const { t } = useTranslation(["customers", "shared"]);
  const { phone } = useScreen();
  const { notification } = App.useApp();
  const [kind, setKind] = useState<BulkKind>(first);
  const [target, setTarget] = useState<number | null>(null);
  const [until, setUntil] = useState<string | null>(null);
  const wanted =
    target === null
      ? null
      : ({
          kind,
          target,
          expires_on: kind === "TAG_ADD" ? until : null,
          expected: 0,
          ids: "ids" in chosen ? chosen.ids : [],
          query: "query" in chosen ? chosen.query : null,
        } as BulkIn);
  const preview = useBulkPreview(wanted);
  const bulk = useBulk();
  const undo = useUndoBulk();

  const undone = (id: number) =>
    undo.mutate(id, {
      onSuccess: () =>
        notification.info({ key: "bulk", placement: "bottom", title: t("bulk.undone"), duration: 4 }),
      onError: (error) => {
        const text = problemText(error, t);
        notification.error({ key: "bulk", placement: "bottom", title: text.title, description: text.remedy });
      },
    });
  const send = () =>
    wanted &&
    preview.data &&
    bulk.mutate(
      { ...wanted, expected: preview.data.will },
      {
        onSuccess: (done) => {
          notification.success({
            key: "bulk",
            placement: "bottom",
            title: t(`bulk.done.${kind}`, { number: count(done.count) }),
            description: t("bulk.undoHint"),
            duration: UNDO_SECONDS,
            actions: (
              <Button size="small" onClick={() => undone(done.id)}>
                {t("bulk.undo")}
              </Button>
            ),
          });
          onDone();
        },
        onError: () => void preview.refetch(),
      },
    );
  const will = preview.data?.will ?? 0;
  return (
    <Modal
      open
      title={t("bulk.title")}
      onCancel={onClose}
      onOk={send}
      okText={preview.data ? t("bulk.confirm", { number: count(will) }) : t("bulk.confirmNone")}
      okButtonProps={{ disabled: !will || preview.isFetching }}
      confirmLoading={bulk.isPending}
    >
      <div className={styles.form}>
        <Segmented
          block
          vertical={phone}
          value={kind}
          onChange={(to) => {
            setKind(to);
            if (to.startsWith("TAG") !== kind.startsWith("TAG")) setTarget(null);
          }}
          options={BULK_KINDS.map((value) => ({ value, label: t(`bulk.kind.${value}`) }))}
        />
        <Target tag={kind.startsWith("TAG")} value={target} onChange={setTarget} />
        {kind === "TAG_ADD" && (
          <label className={styles.field}>
            <span>{t("bulk.until")}</span>
            <DatePicker
              placeholder={t("bulk.untilHint")}
              value={until ? dayjs(until) : null}
              onChange={(day) => setUntil(day?.format("YYYY-MM-DD") ?? null)}
            />
          </label>
        )}
        {wanted && preview.isPending && <Skeleton active paragraph={{ rows: 1 }} title={false} />}
        {preview.data && (
          <div className={styles.preview} role="status">
            <strong>{t("bulk.will", { number: count(will) })}</strong>
            {preview.data.left_out.map(({ reason, count: n }) => (
              <span key={reason} className={styles.quiet}>
                {t(`bulk.leftOut.${reason}`, { number: count(n) })}
              </span>
            ))}
          </div>
        )}
        {preview.error && <ProblemView error={preview.error} onRetry={() => void preview.refetch()} />}
        {bulk.error && <ProblemView error={bulk.error} />}
      </div>
    </Modal>
  );
}

interface TargetProps {
  tag: boolean;
  value: number | null;
  onChange: (id: number | null) => void;
}

/** A tag of the catalogue or a list; a new one is made on the spot by those who may. */
function Target({ tag, value, onChange }: TargetProps) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const tags = useTags();
  const lists = useCustomerLists();
  const makeTag = useMakeTag();
  const makeList = useMakeList();
  const [name, setName] = useState("");
  const may = me.data?.rights.includes(tag ? "tag.manage" : "list.keep") ?? false;
  const made = ({ id }: { id: number }) => {
    setName("");
    onChange(id);
  };
  const make = () =>
    tag
      ? makeTag.mutate({ name, expire_days: null }, { onSuccess: made })
      : makeList.mutate({ name, shared: false }, { onSuccess: made });
  const error = tag ? makeTag.error : makeList.error;
  return (
    <div className={styles.field}>
      <span>{t(tag ? "condition.tag" : "condition.on_list")}</span>
      <Select
        aria-label={t(tag ? "condition.tag" : "condition.on_list")}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("bulk.choose")}
        value={value}
        onChange={onChange}
        options={
          tag
            ? (tags.data ?? []).map((one) => ({ value: one.id, label: one.name }))
            : (lists.data ?? []).map((one) => ({
                value: one.id,
                label: t("nameCount", { name: one.name, count: one.size }),
              }))
        }
        popupRender={(menu) => (
          <>
            {menu}
            {may && (
              <>
                <Divider className={styles.divider} />
                <div className={styles.makeNew}>
                  <Input
                    placeholder={t(tag ? "bulk.newTag" : "bulk.newList")}
                    aria-label={t(tag ? "bulk.newTag" : "bulk.newList")}
                    maxLength={tag ? 20 : 40}
                    value={name}
                    onChange={(event) => setName(event.target.value)}
                    onKeyDown={(event) => event.stopPropagation()}
                  />
                  <Button disabled={!name.trim()} onClick={make}>
                    {t("bulk.make")}
                  </Button>
                </div>
              </>
            )}
          </>
        )}
      />
      {error && <ProblemView error={error} />}
    </div>
  );
}
