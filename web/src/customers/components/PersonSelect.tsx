import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettled } from "@/shared/hooks/useSettled";
import { useColleagues } from "../ownershipApi";

interface Props {
  id?: string;
  value: number | null;
  /** Nobody hands customers to himself. */
  except?: number | null;
  placeholder?: string;
  onChange: (userId: number) => void;
}

/** A colleague who looks after customers, found by name or staff number, with the load. */
export function PersonSelect({ id, value, except, placeholder, onChange }: Props) {
  const { t } = useTranslation(["customers", "shared"]);
  const [typed, setTyped] = useState("");
  const found = useColleagues(useSettled(typed.trim()));
  return (
    <Select
      {...(id ? { id } : {})}
      aria-label={placeholder ?? t("handover.receiver")}
      value={value}
      placeholder={placeholder ?? t("handover.receiverHint")}
      loading={found.isFetching}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      notFoundContent={t("handover.nobody")}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      options={(found.data ?? [])
        .filter(({ user }) => user.id !== except)
        .map(({ user, org_name, customers, capacity }) => ({
          value: user.id,
          label: t("handover.person", { name: user.name, org: org_name, customers, capacity }),
        }))}
    />
  );
}
