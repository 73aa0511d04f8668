import { MailGatewaySettings } from './mail-gateway-settings.ts'

MailGatewaySettings.define()

declare global {
  interface HTMLElementTagNameMap { 'mail-gateway-settings': MailGatewaySettings }
}
