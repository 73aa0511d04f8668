/**
 * Registration, application permission, consent and secret with the Azure CLI. One subshell, so that an error ends the script
 * and not the terminal, and no comments, which zsh does not take on a prompt.
 * @param api application id of the service that owns the permission
 */
const grantWith = (api: string, role: string): string => String.raw`(
  set -eu
  TENANT='{{tenantId}}'
  CLIENT_ID='{{clientId}}'
  APP_NAME='{{product}} mail'
  CLOUD='{{azCloud}}'
  GRAPH='{{graph}}'
  API='${api}'
  ROLE='${role}'
  for VALUE in "$TENANT" "$CLOUD" "$GRAPH"; do
    case "$VALUE" in '<'*) echo "Enter the $VALUE in the form, then copy this script again." >&2; exit 1 ;; esac
  done

  echo 'Sign in as an administrator who may consent.'
  az cloud set --name "$CLOUD"
  az login --tenant "$TENANT" --allow-no-subscriptions --only-show-errors --output none

  case "$CLIENT_ID" in '<'*)
    QUOTED=$(printf '%s' "$APP_NAME" | sed "s/'/''/g")
    CLIENT_ID=$(az ad app list --filter "displayName eq '$QUOTED'" --query '[].appId' --output tsv) ;;
  esac
  case "$CLIENT_ID" in
    *[[:space:]]*) echo "Several registrations are called $APP_NAME. Enter the Client ID in the form, then copy this script again." >&2; exit 1 ;;
    '') CLIENT_ID=$(az ad app create --display-name "$APP_NAME" --sign-in-audience AzureADMyOrg --query appId --output tsv) ;;
  esac
  SERVICE=$(az ad sp show --id "$CLIENT_ID" --query id --output tsv 2>/dev/null || true)
  if [ -z "$SERVICE" ]; then SERVICE=$(az ad sp create --id "$CLIENT_ID" --query id --output tsv); fi
  API_SERVICE=$(az ad sp show --id "$API" --query id --output tsv)
  ROLE_ID=$(az ad sp show --id "$API" --query "appRoles[?value=='$ROLE'].id | [0]" --output tsv)
  if [ -z "$ROLE_ID" ]; then echo "$ROLE is not offered in this tenant. Is there a subscription with Exchange Online?" >&2; exit 1; fi

  echo "List $ROLE on the registration, then consent by assigning the role."
  az ad app permission add --id "$CLIENT_ID" --api "$API" --api-permissions "$ROLE_ID=Role" --only-show-errors
  HAVE=$(az rest --method GET --resource "$GRAPH" --uri "$GRAPH/v1.0/servicePrincipals/$SERVICE/appRoleAssignments" --query "value[?appRoleId=='$ROLE_ID' && resourceId=='$API_SERVICE'].id | [0]" --output tsv)
  if [ -z "$HAVE" ]; then
    az rest --method POST --resource "$GRAPH" --uri "$GRAPH/v1.0/servicePrincipals/$SERVICE/appRoleAssignments" --headers 'Content-Type=application/json' --body "{\"principalId\":\"$SERVICE\",\"resourceId\":\"$API_SERVICE\",\"appRoleId\":\"$ROLE_ID\"}" --output none
  fi

  TODAY=$(date -u +%Y-%m-%d)
  SECRET='the one made before'
  ENDS='as noted then'
  LIVE=$(az ad app credential list --id "$CLIENT_ID" --query "[?endDateTime>'$TODAY'].keyId | [0]" --output tsv)
  if [ -z "$LIVE" ]; then
    ENDS=$(date -u -d '+11 months' +%Y-%m-%d 2>/dev/null || date -u -v+11m +%Y-%m-%d)
    SECRET=$(az ad app credential reset --id "$CLIENT_ID" --append --display-name "$APP_NAME" --end-date "$ENDS" --query password --output tsv --only-show-errors)
  fi
  printf '\nTenant ID:     %s\nClient ID:     %s\nClient secret: %s\nEnds on:       %s\nObject ID of the enterprise application: %s\n' "$(az account show --query tenantId --output tsv)" "$CLIENT_ID" "$SECRET" "$ENDS" "$SERVICE"
)`

/** Mail.Send of Microsoft Graph: every mailbox of the tenant. */
export const graphTenantWide = grantWith('00000003-0000-0000-c000-000000000000', 'Mail.Send')

/** SMTP.SendAsApp of Office 365 Exchange Online: of no use before Exchange opens a mailbox to the application. */
export const smtpPermission = grantWith('00000002-0000-0ff1-ce00-000000000000', 'SMTP.SendAsApp')
