import { QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Modal, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { useHotkeys } from "@/shared/hooks/useHotkeys";
import { useScreen } from "@/shared/hooks/useScreen";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useQueues } from "../api";
import { TABS, type Tab } from "../codes";
import { History } from "../components/History";
import styles from "../components/oneid.module.css";
import { Pairs } from "../components/Pairs";
import { Persons } from "../components/Persons";
import { Splits } from "../components/Splits";

const DEFAULTS = { tab: "open", page: "1", q: "" };
const KEYS = ["j", "k", "s", "d", "l", "?"];

/** 客户归并: which customer numbers are one person. */
export function Component() {
  const { t } = useTranslation("oneid");
  const me = useMe();
  const { phone } = useScreen();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const [help, setHelp] = useState(false);
  const queues = useQueues();
  useHotkeys({ "?": () => setHelp(true) });
  const tab: Tab = TABS.find((one) => one === url.tab) ?? "open";
  const page = Number(url.page) || 1;
  const turn = (to: number) => setUrl({ page: String(to) });
  const waiting: Partial<Record<Tab, number | undefined>> = { ...queues.data };
  return (
    <>
      <PageTitle
        question={t("question")}
        asOf={me.data?.freshness.biz_date}
        extra={
          !phone && (
            <Button
              type="text"
              icon={<QuestionCircleOutlined />}
              title={t("keys.title")}
              aria-label={t("keys.title")}
              onClick={() => setHelp(true)}
            />
          )
        }
      />
      <Tabs
        activeKey={tab}
        onChange={(to) => setUrl({ tab: to, page: undefined, q: undefined })}
        items={TABS.map((name) => ({
          key: name,
          label: waiting[name]
            ? t("nameCount", { name: t(`tab.${name}`), count: waiting[name] })
            : t(`tab.${name}`),
        }))}
      />
      {(tab === "open" || tab === "later") && (
        <Pairs key={tab} later={tab === "later"} page={page} onPage={turn} />
      )}
      {(tab === "owners" || tab === "persons") && (
        <Persons key={tab} owners={tab === "owners"} q={url.q} page={page} onChange={setUrl} />
      )}
      {tab === "splits" && <Splits />}
      {tab === "history" && <History page={page} onPage={turn} />}
      <Modal open={help} onCancel={() => setHelp(false)} footer={null} title={t("keys.title")} width={400}>
        <dl className={styles.keys}>
          {KEYS.map((key) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(`keys.${key}`)}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}
