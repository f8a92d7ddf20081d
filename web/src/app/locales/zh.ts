import "dayjs/locale/zh-cn";
import antd from "antd/es/locale/zh_CN";
import access from "@/access/locale.zh.json";
import app from "@/app/locale.zh.json";
import care from "@/care/locale.zh.json";
import customers from "@/customers/locale.zh.json";
import effect from "@/effect/locale.zh.json";
import nightly from "@/nightly/locale.zh.json";
import oneid from "@/oneid/locale.zh.json";
import outreach from "@/outreach/locale.zh.json";
import privacy from "@/privacy/locale.zh.json";
import scoring from "@/scoring/locale.zh.json";
import segments from "@/segments/locale.zh.json";
import shared from "@/shared/locale.zh.json";
import standards from "@/standards/locale.zh.json";

export default {
  resources: {
    access,
    app,
    care,
    customers,
    effect,
    nightly,
    oneid,
    outreach,
    privacy,
    scoring,
    segments,
    shared,
    standards,
  },
  antd,
};
