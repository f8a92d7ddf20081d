import { PlusOutlined, TagsOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { App, Button, Drawer, Input, Modal, Segmented, Skeleton, Tabs, Tag as Mark } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useScreen } from "@/shared/hooks/useScreen";
import {
  useChangeList,
  useCustomerLists,
  useMakeList,
  useMakeTag,
  useRetireTag,
  useTags,
  useTagUse,
  type CustomerList,
  type Tag,
} from "../listsApi";
import styles from "./customers.module.css";

interface Props {
  open: boolean;
  onClose: () => void;
  /** Show the customers on a list, or under a tag. */
  onShow: (narrow: { on_list?: string; tag?: string }) => void;
}

/** 名单与标签: what one keeps beside the list of customers, and who else sees it. */
export function KeptDrawer({ open, onClose, onShow }: Props) {
  const { t } = useTranslation("customers");
  const { phone } = useScreen();
  return (
    <Drawer open={open} onClose={onClose} size={phone ? "100%" : 560} title={t("kept.title")} destroyOnHidden>
      <Tabs
        items={[
          { key: "lists", label: t("kept.lists"), children: <Lists onShow={onShow} /> },
          { key: "tags", label: t("kept.tags"), children: <Tags onShow={onShow} /> },
        ]}
      />
    </Drawer>
  );
}

/** A name and a button that makes something of it. */
function Make({
  label,
  most,
  make,
}: {
  label: string;
  most: number;
  make: (name: string) => Promise<unknown>;
}) {
  const { t } = useTranslation("customers");
  const notice = useProblemNotice();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const send = () => {
    setBusy(true);
    make(name)
      .then(() => setName(""), notice)
      .finally(() => setBusy(false));
  };
  return (
    <div className={styles.makeNew}>
      <Input
        aria-label={label}
        placeholder={label}
        maxLength={most}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={() => name.trim() && send()}
      />
      <Button icon={<PlusOutlined />} disabled={!name.trim()} loading={busy} onClick={send}>
        {t("bulk.make")}
      </Button>
    </div>
  );
}

function Lists({ onShow }: Pick<Props, "onShow">) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const [closed, setClosed] = useState(false);
  const lists = useCustomerLists(closed);
  const make = useMakeList();
  const may = me.data?.rights.includes("list.keep") ?? false;
  return (
    <>
      {may && (
        <Make
          label={t("bulk.newList")}
          most={40}
          make={(name) => make.mutateAsync({ name, shared: false })}
        />
      )}
      <Segmented
        className={styles.keptSwitch}
        value={closed ? "closed" : "open"}
        onChange={(to) => setClosed(to === "closed")}
        options={[
          { value: "open", label: t("kept.open") },
          { value: "closed", label: t("kept.closed") },
        ]}
      />
      {lists.error && <ProblemView error={lists.error} onRetry={() => void lists.refetch()} />}
      {lists.isPending && <Skeleton active />}
      {lists.data?.length === 0 && (
        <EmptyState
          icon={<UnorderedListOutlined />}
          title={t(closed ? "kept.noneClosed" : "kept.noLists")}
          hint={t(closed ? "kept.noneClosedHint" : "kept.noListsHint")}
        />
      )}
      <ul className={styles.kept}>
        {lists.data?.map((list) => (
          <ListRow key={list.id} list={list} onShow={() => onShow({ on_list: String(list.id) })} />
        ))}
      </ul>
    </>
  );
}

function ListRow({ list, onShow }: { list: CustomerList; onShow: () => void }) {
  const { t } = useTranslation("customers");
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const change = useChangeList();
  const put = (to: { shared?: boolean; closed?: boolean }, said: string) =>
    change.mutate(
      { id: list.id, ...to },
      { onSuccess: () => void message.success(t(said, { name: list.name })), onError: notice },
    );
  const whose = list.mine
    ? t(list.shared ? "kept.sharedByMe" : "kept.mineOnly")
    : t("views.sharedBy", { name: list.owner });
  return (
    <li>
      <div className={styles.two}>
        <strong>{list.name}</strong>
        <small className={styles.quiet}>
          {[t("kept.size", { number: count(list.size), count: list.size }), whose].join(" · ")}
        </small>
      </div>
      <div className={styles.keptActions}>
        {!list.closed && (
          <Button size="small" onClick={onShow}>
            {t("kept.show")}
          </Button>
        )}
        {list.mine && !list.closed && (
          <Button
            size="small"
            loading={change.isPending}
            onClick={() => put({ shared: !list.shared }, list.shared ? "kept.unshared" : "kept.nowShared")}
          >
            {t(list.shared ? "kept.unshare" : "kept.share")}
          </Button>
        )}
        {list.mine && (
          <Button
            size="small"
            loading={change.isPending}
            onClick={() => put({ closed: !list.closed }, list.closed ? "kept.reopened" : "kept.nowClosed")}
          >
            {t(list.closed ? "kept.reopen" : "kept.close")}
          </Button>
        )}
      </div>
    </li>
  );
}

function Tags({ onShow }: Pick<Props, "onShow">) {
  const { t } = useTranslation("customers");
  const me = useMe();
  const tags = useTags();
  const make = useMakeTag();
  const [retiring, setRetiring] = useState<Tag | null>(null);
  const may = me.data?.rights.includes("tag.manage") ?? false;
  return (
    <>
      {may ? (
        <Make
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
              <Button size="small" onClick={() => onShow({ tag: String(tag.id) })}>
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
