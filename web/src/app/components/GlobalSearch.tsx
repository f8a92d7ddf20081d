import { SearchOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, AutoComplete, Input, type InputRef } from "antd";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMe } from "@/access/api";
import { customerSearch, useCustomerSearch, useLookUp } from "@/customers/api";
import { Amount } from "@/shared/components/Amount";
import { TierTag } from "@/shared/components/Tags";
import { useHotkeys } from "@/shared/hooks/useHotkeys";
import { useSettled } from "@/shared/hooks/useSettled";
import { problemText } from "@/shared/problem";
import styles from "./shell.module.css";

const ELSEWHERE = "elsewhere";
/** A whole mobile or certificate number, as the server's `whole_number` knows it. */
const WHOLE_NUMBER = /^((\+?86|0086)?1[3-9]\d{9}|\d{17}[\dXx]|[A-Za-z]{1,2}\d{7,9}[A-Za-z]?)$/;

/** Jump to a customer by name, pinyin initials, customer or phone number; `/` from anywhere. */
export function GlobalSearch({ phone }: { phone: boolean }) {
  const { t } = useTranslation("app");
  const [text, setText] = useState("");
  const asked = useSettled(text.trim());
  const found = useCustomerSearch(asked);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { modal } = App.useApp();
  const lookUp = useLookUp();
  const may = useMe().data?.rights.includes("customer.lookup") ?? false;
  const input = useRef<InputRef>(null);
  useHotkeys({ "/": () => input.current?.focus() });

  const options = (asked ? (found.data?.rows ?? []) : []).slice(0, 8).map((row) => ({
    value: String(row.id),
    label: (
      <span className={styles.found}>
        <span className={styles.foundName}>{row.name}</span>
        <small>{row.cust_no}</small>
        <span className={styles.grow} />
        <TierTag tier={row.tier} />
        <Amount value={row.aum} banded={found.data?.banded ?? false} />
      </span>
    ),
  }));
  const elsewhere =
    Boolean(asked) && found.data?.total === 0 && WHOLE_NUMBER.test(asked.replace(/[\s-]/g, ""));
  if (elsewhere && may)
    options.push({
      value: ELSEWHERE,
      label: <span className={styles.found}>{t("search.elsewhere")}</span>,
    });
  const fresh = asked === text.trim() && !found.isPlaceholderData;
  const nothing = asked && found.isSuccess ? t("search.nothing") : found.isError ? t("search.failed") : null;

  /** Of somebody else's customer only the outlet is told, and that somebody asked is on record. */
  const askElsewhere = () =>
    lookUp.mutate(asked, {
      onSuccess: ({ org_name }) => {
        void modal.info({
          title: org_name ? t("search.theirs", { org: org_name }) : t("search.nobodys"),
          content: org_name ? t("search.theirsHint") : t("search.nobodysHint"),
        });
      },
      onError: (error) => {
        const problem = problemText(error, t);
        void modal.warning({ title: problem.title, content: problem.remedy });
      },
    });
  const open = (id: string | number) => {
    setText("");
    if (id === ELSEWHERE) return askElsewhere();
    input.current?.blur();
    void navigate(`/customers/${id}`);
  };
  /** Enter before the list has caught up with the typing: what it shows is somebody else. */
  const onEnter = (event: KeyboardEvent) => {
    const wanted = text.trim();
    if (event.key !== "Enter" || event.nativeEvent.isComposing || fresh || !wanted) return;
    event.preventDefault();
    event.stopPropagation();
    queries.fetchQuery(customerSearch(wanted)).then(
      ({ rows }) => {
        if (rows[0] && input.current?.input?.value.trim() === wanted) open(rows[0].id);
      },
      () => undefined, // the list says so
    );
  };

  return (
    <div className={styles.search} onKeyDownCapture={onEnter}>
      <AutoComplete
        className={styles.searchBox}
        value={text}
        options={options}
        onChange={setText}
        notFoundContent={fresh ? nothing : null}
        popupMatchSelectWidth={phone ? true : 460}
        defaultActiveFirstOption
        transitionName="" // found customers stand still from the first moment: nothing moves away from a click
        onSelect={open}
      >
        <Input
          ref={input}
          allowClear
          aria-label={t("search.name")}
          placeholder={t(phone ? "search.short" : "search.hint")}
          prefix={<SearchOutlined />}
          suffix={!phone && !text ? <kbd className={styles.key}>/</kbd> : undefined}
          onKeyDown={(event) => event.key === "Escape" && input.current?.blur()}
        />
      </AutoComplete>
    </div>
  );
}
