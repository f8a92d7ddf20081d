import { Alert, App, Button, Checkbox, InputNumber, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCustomerSearch } from "@/customers/api";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useSettled } from "@/shared/hooks/useSettled";
import styles from "../../campaigns/components/campaign.module.css";
import { Field } from "../../campaigns/components/Field";
import { useInvite, useSalonChoices } from "../api";
import type { Invited, SalonDetail } from "../types";

const WAYS = ["customers", "segment"] as const;
const AT_ONCE = 200;

/** Invite customers by name, or those of a segment, by word or by the salon's text. */
export function Invite({ salon }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t("salon.invite.open")}
      </Button>
      {open && <Dialog salon={salon} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ salon, onClose }: { salon: SalonDetail; onClose: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [way, setWay] = useState<(typeof WAYS)[number]>("customers");
  const [picked, setPicked] = useState<Picked[]>([]);
  const [segment, setSegment] = useState("");
  const [most, setMost] = useState(salon.seats);
  const writes = salon.text !== "" && salon.link;
  const [byText, setByText] = useState(false);
  const { mutate, isPending, error, data } = useInvite(salon.id);
  const ready = way === "segment" ? segment !== "" : picked.length > 0;
  const done = ({ invited, lost }: Invited) => {
    if (lost.length > 0 || invited === 0) return; // stays open: there is something to read
    void message.success(t("salon.invite.done", { number: count(invited) }));
    onClose();
  };
  return (
    <Modal
      open
      title={t("salon.invite.title", { name: salon.name })}
      okText={t("salon.invite.ok")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={isPending}
      onOk={() =>
        mutate(
          {
            customers: picked.map(({ value }) => value),
            segment: way === "segment" ? segment : "",
            most,
            byText,
          },
          { onSuccess: done },
        )
      }
      onCancel={onClose}
    >
      <div className={styles.form}>
        <Segmented
          aria-label={t("salon.invite.whom")}
          value={way}
          options={WAYS.map((value) => ({ value, label: t(`salon.invite.by.${value}`) }))}
          onChange={setWay}
        />
        {way === "customers" ? (
          <Search picked={picked} onPick={setPicked} />
        ) : (
          <OfSegment segment={segment} most={most} onSegment={setSegment} onMost={setMost} />
        )}
        <Checkbox checked={byText} disabled={!writes} onChange={({ target }) => setByText(target.checked)}>
          {salon.text ? t("salon.invite.text", { name: salon.text }) : t("salon.invite.noText")}
        </Checkbox>
        <p className={styles.quiet}>
          {t(salon.text && !salon.link ? "salon.invite.noLink" : "salon.invite.hint")}
        </p>
        {data && !error && (
          <Alert
            type={data.lost.length > 0 ? "warning" : "info"}
            showIcon
            title={t("salon.invite.came", { invited: count(data.invited), before: count(data.before) })}
            description={data.lost
              .map(({ why, customers }) => t(`salon.loss.${why}`, { number: count(customers) }))
              .join(" ")}
          />
        )}
        {error && <ProblemView error={error} />}
      </div>
    </Modal>
  );
}

interface Picked {
  value: number;
  label: string;
}

function Search({ picked, onPick }: { picked: Picked[]; onPick: (picked: Picked[]) => void }) {
  const { t } = useTranslation("outreach");
  const [text, setText] = useState("");
  const asked = useSettled(text.trim());
  const found = useCustomerSearch(asked);
  const rows = asked ? (found.data?.rows ?? []) : [];
  return (
    <Field name={t("salon.invite.customers")} hint={t("salon.invite.customersHint")}>
      <Select
        mode="multiple"
        labelInValue
        maxCount={AT_ONCE}
        value={picked}
        placeholder={t("salon.invite.search")}
        showSearch={{ filterOption: false, searchValue: text, onSearch: setText }}
        notFoundContent={asked && found.isSuccess ? t("salon.invite.nobody") : null}
        options={rows.map(({ id, name, cust_no }) => ({ value: id, label: `${name} ${cust_no}` }))}
        onChange={(now) => {
          onPick(now);
          setText("");
        }}
      />
    </Field>
  );
}

interface OfSegmentProps {
  segment: string;
  most: number;
  onSegment: (segment: string) => void;
  onMost: (most: number) => void;
}

function OfSegment({ segment, most, onSegment, onMost }: OfSegmentProps) {
  const { t } = useTranslation("outreach");
  const choices = useSalonChoices();
  return (
    <>
      <Field name={t("campaign.field.segment")} hint={t("salon.invite.segmentHint")}>
        <Select
          value={segment || null}
          placeholder={t("campaign.form.choose")}
          notFoundContent={t("campaign.form.noSegments")}
          showSearch={{ optionFilterProp: "label" }}
          options={(choices.data?.segments ?? []).map(({ code, name, size }) => ({
            value: code,
            label: t("campaign.form.sized", { name, size: count(size ?? 0) }),
          }))}
          onChange={onSegment}
        />
      </Field>
      <Field name={t("salon.invite.most")}>
        <InputNumber value={most} min={1} max={2000} precision={0} onChange={(value) => onMost(value ?? 1)} />
      </Field>
    </>
  );
}
