import { UnorderedListOutlined } from "@ant-design/icons";
import { App, Button, Drawer, Segmented, Skeleton, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { EmptyState } from "@/shared/components/EmptyState";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { useScreen } from "@/shared/hooks/useScreen";
import { useChangeList, useCustomerLists, useMakeList, type CustomerList } from "../listsApi";
import styles from "./customers.module.css";
import { KeptTags } from "./KeptTags";
import { MakeNew } from "./MakeNew";

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
          {
            key: "tags",
            label: t("kept.tags"),
            children: <KeptTags onShow={(tag) => onShow({ tag: String(tag) })} />,
          },
        ]}
      />
    </Drawer>
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
        <MakeNew
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
