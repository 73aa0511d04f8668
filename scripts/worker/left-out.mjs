// What the libraries inside the Worker's bundle can do and the gateway never asks for. It keeps its name, and throws.
// `members` of a class, `functions` of a module, `methods` of objects written out in it, functions `assigned` to a property,
// a `table` that is emptied. The remarks say why none is reached. A line that finds nothing fails the build: a new version of a library is looked at again.

/** Builders of queries: the store calls select, where, order by, limit, values, set, on conflict, and executes. */
const builder = /^(?:\$|clear|with[A-Z]|modify|returning|output|explain|stream|executeTakeFirstOrThrow|top$|fetch$|offset|having|groupBy|distinct|for[A-Z]|skipLocked|noWait|union|intersect|except|as$|or[A-Z](?!derBy)|ignore|columns$|expression$|defaultValues|onDuplicate|from$|using$|whereRef|join|inner|left|right|full|cross|outer)/

export const leftOut = [
  // An application signs in with its secret, and nothing else of the library's flows is called: no person, no certificate, no region.
  { file: '@azure/msal-node/dist/client/ConfidentialClientApplication.mjs', class: 'ConfidentialClientApplication', members: /^(?:getAuthCodeUrl|acquireTokenByCode|SetAppTokenProvider|acquireTokenOnBehalfOf|acquireTokenByUserFederatedIdentityCredential)$/ },
  { file: '@azure/msal-node/dist/client/ClientApplication.mjs', class: 'ClientApplication', members: /^(?:getAuthCodeUrl|acquireTokenBy\w+|acquireTokenSilent\w*|acquireCachedTokenSilent|validateState)$/ },
  { file: '@azure/msal-node/dist/client/ClientAssertion.mjs', class: 'ClientAssertion', members: /^(?:fromCertificate\w*|createJwt|parseCertificate)$/ },
  { file: '@azure/msal-node/dist/crypto/PkceGenerator.mjs', class: 'PkceGenerator', members: /^generate/ },
  { file: '@azure/msal-node/dist/cache/TokenCache.mjs', class: 'TokenCache', members: /^(?:getAllAccounts|getAccountBy\w+|removeAccount|overwriteCache)$/ },
  { file: '@azure/msal-common/dist/authority/RegionDiscovery.mjs', class: 'RegionDiscovery', members: /^(?:detectRegion|getRegionFromIMDS|getCurrentVersion)$/ },
  // Every request goes through the client it is given.
  { file: '@azure/msal-node/dist/network/HttpClient.mjs', class: 'HttpClient', members: /^send/ },
  // Tokens are bearer tokens: that is set on every request.
  { file: '@azure/msal-common/dist/crypto/PopTokenGenerator.mjs', class: 'PopTokenGenerator', members: /^(?:generate|sign)/ },
  { file: '@azure/msal-common/dist/crypto/DpopProofGenerator.mjs', class: 'DpopProofGenerator', members: /^(?:generate|build)/ },
  { file: '@azure/msal-common/dist/cache/CacheManager.mjs', class: 'CacheManager', members: /^(?!match).*Account|Tenant|Profile|AppMetadata|FOCI|IdToken|idToken|RefreshToken|refreshToken|^match(?:Name|Username|Login|Sid|FamilyId|UserAssertion)/ },
  // The client it is given hands on `access_token`, `token_type` and `expires_in` and nothing else: no person, no second token.
  { file: '@azure/msal-common/dist/response/ResponseHandler.mjs', functions: /^buildAccountToCache$/ },
  { file: '@azure/msal-common/dist/account/AccountInfo.mjs', functions: /./ },
  { file: '@azure/msal-common/dist/account/AuthToken.mjs', functions: /^(?:extractTokenClaims|getJWSPayload)$/ },
  { file: '@azure/msal-common/dist/utils/ProtocolUtils.mjs', functions: /./ },
  { file: '@azure/msal-common/dist/cache/utils/CacheHelpers.mjs', functions: /^create(?:IdToken|RefreshToken)Entity$/ },
  { file: '@azure/msal-common/dist/cache/utils/AccountEntityUtils.mjs', functions: /^(?:getAccountInfo|isSingleTenant|createAccountEntity\w*)$/ },
  { file: '@azure/msal-common/dist/protocol/Token.mjs', functions: /^addDpopTokenProofHeader$/ },
  { file: '@azure/msal-common/dist/cache/CacheManager.mjs', class: 'DefaultStorageClass', members: /./ },
  { file: '@azure/msal-common/dist/logger/Logger.mjs', class: 'Logger', members: /^(?!clone$)/ },
  { file: '@azure/msal-common/dist/network/ThrottlingUtils.mjs', class: 'ThrottlingUtils', members: /^(?:removeThrottle|checkResponseForRetryAfter)$/ },
  // Endpoints and authority are given with the request: nothing is looked up, and nothing that was would have to be judged.
  { file: '@azure/msal-common/dist/authority/Authority.mjs', class: 'Authority', members: /FromNetwork$|^getEndpointMetadataFromHardcodedValues$|[rR]egional|^(?:validateIssuer|matches\w+|isAliasOfKnownMicrosoftAuthority|isPublicCloudAuthority)$/ },
  { file: '@azure/msal-node/dist/error/NodeAuthError.mjs', class: 'NodeAuthError', members: /^create/ },

  // One statement each, made from builders; tables are made by migrations.
  { file: 'kysely/dist/kysely.js', class: 'Kysely', members: /^(?:schema|dynamic|introspection|case|fn|transaction|startTransaction|connection|with\w+|\$.*)$/ },
  { file: 'kysely/dist/query-creator.js', class: 'QueryCreator', members: /^(?:selectNoFrom|replaceInto|mergeInto|with\w*)$/ },
  { file: 'kysely/dist/query-builder/select-query-builder.js', class: 'SelectQueryBuilderImpl', members: builder },
  { file: 'kysely/dist/query-builder/insert-query-builder.js', class: 'InsertQueryBuilder', members: builder },
  { file: 'kysely/dist/query-builder/update-query-builder.js', class: 'UpdateQueryBuilder', members: builder },
  { file: 'kysely/dist/query-builder/delete-query-builder.js', class: 'DeleteQueryBuilder', members: builder },
  { file: 'kysely/dist/query-builder/on-conflict-builder.js', class: 'OnConflictBuilder', members: /^(?:constraint|expression|where|whereRef|clearWhere|\$.*)$/ },
  { file: 'kysely/dist/query-builder/on-conflict-builder.js', class: 'OnConflictUpdateBuilder', members: /^(?:whereRef|clearWhere|\$.*)$/ },
  // Conditions are three plain arguments, or several of them joined by and/or.
  { file: 'kysely/dist/expression/expression-builder.js', methods: /^(?!and$|or$|val$|not$)/ },
  { file: 'kysely/dist/query-builder/function-module.js', methods: /./ },
  { file: 'kysely/dist/query-builder/aggregate-function-builder.js', class: 'AggregateFunctionBuilder', members: /./ },
  { file: 'kysely/dist/query-builder/aggregate-function-builder.js', class: 'AliasedAggregateFunctionBuilder', members: /./ },
  // An expression is used where it was made: it gets no name, and nothing is joined to it afterwards.
  { file: 'kysely/dist/expression/expression-wrapper.js', class: 'ExpressionWrapper', members: /^(?:as|or|and|\$.*)$/ },
  { file: 'kysely/dist/expression/expression-wrapper.js', class: 'OrWrapper', members: /^(?:as|or|\$.*)$/ },
  { file: 'kysely/dist/expression/expression-wrapper.js', class: 'AndWrapper', members: /^(?:as|and|\$.*)$/ },
  { file: 'kysely/dist/expression/expression-wrapper.js', class: 'AliasedExpressionWrapper', members: /./ },
  { file: 'kysely/dist/parser/parse-utils.js', functions: /^create/ },
  { file: 'kysely/dist/driver/runtime-driver.js', class: 'RuntimeDriver', members: /ransaction|[sS]avepoint|^(?:addLogging|logQuery|logError|calculateDurationMillis)$/ },
  { file: 'kysely/dist/dialect/sqlite/sqlite-introspector.js', class: 'SqliteIntrospector', members: /./ },
  { file: 'kysely/dist/query-compiler/default-query-compiler.js', class: 'DefaultQueryCompiler', members: /^(?:visit(?:Create|Drop|Alter|Add|Rename|Modify|Refresh|Merge|Matched|ColumnDefinition|References|DataType|PrimaryKey|Unique|Check|ForeignKey|Generated|DefaultValue|JSON|Case|When|Over|Partition|Cast|Explain|Collate|Fetch|Top|Output|With|CommonTable|SetOperation|SelectModifier|Join|On$|Using|GroupBy|Having|Aggregate|OnDuplicate|OrAction|DefaultInsert|Offset|Tuple)|compileColumnAlterations|announces|compileDistinctOn|buildDeferrable|sortSelectModifiers|sanitizeJSON|getAutoIncrement)/ },
  // No statement is broken off or streamed, none is logged, and there are no plugins.
  { file: 'kysely/dist/query-executor/query-executor-base.js', class: 'QueryExecutorBase', members: /^stream$/ },
  { file: 'kysely/dist/query-executor/default-query-executor.js', class: 'DefaultQueryExecutor', members: /^with/ },
  { file: 'kysely/dist/util/abort.js', functions: /^(?:getInflightQueryAbortHandler|printBackgroundFail|decorateWithTiming|throw\w+)$/ },
  { file: 'kysely/dist/util/provide-controlled-connection.js', functions: /./ },
  { file: 'kysely/dist/util/log.js', functions: /^defaultLogger$/ },

  // The connection is handed over open, vetted and secured; nothing is dialled or upgraded here. Tokens go by a method of ours.
  { file: 'nodemailer/dist/esm/smtp-connection/index.js', class: 'SMTPConnection', members: /^(?:_getHostname|_resolveAndConnect|_connectToHost|_upgradeConnection|_actionSTARTTLS|_actionLHLO|_actionLMTPStream|_handleXOauth2Token|_setDsnEnvelope|reset)$/ },
  // A message is one text from our own strings: no attachment, no file, no address to fetch, no other form.
  { file: 'nodemailer/dist/esm/mail-composer/index.js', class: 'MailComposer', members: /^(?:_getIcalEvent|_createMixed|_createAlternative|_createRelated|_processDataUrl)$/ },
  { file: 'nodemailer/dist/esm/shared/index.js', functions: /^(?:resolveContent\w*|resolveStream|recordStreamErrors|createDefaultLogger)$/ },
  { file: 'nodemailer/dist/esm/mime-node/index.js', class: 'MimeNode', members: /^(?:createChild|appendChild|replace|remove|setEnvelope|getAddresses|_parseEnvelopeAddresses|_accessDisabled|transform|processFunc|setRaw|addHeader|_generateBoundary|_normalizeParsedAddresses)$/ },
  { file: 'nodemailer/dist/esm/fetch/index.js', functions: /./ },
  { file: 'nodemailer/dist/esm/fetch/cookies.js', class: 'Cookies', members: /./ },
  // Of structured headers a message has `Content-Type: text/plain` and its encoding: no parts, no file name, no parameter that would have to be split or coded.
  { file: 'nodemailer/dist/esm/mail-composer/index.js', functions: /^(?:fitsSevenBit|formatOtpToken|getOtpOrigin|otpError)$/ },
  { file: 'nodemailer/dist/esm/mime-funcs/index.js', functions: /^(?:buildHeaderParam|safeEncodeURIComponent|encodeURICharComponent|_encodeContinuationSection|_findCommentEnd)$/ },
  // Lines end as they travel.
  { file: 'nodemailer/dist/esm/mime-node/le-unix.js', class: 'LeUnix', members: /./ },
  // Addresses are given as objects, each with a name and an address: none is taken apart.
  { file: 'nodemailer/dist/esm/addressparser/index.js', functions: /^addressparser$/ },
  { file: 'nodemailer/dist/esm/mime-funcs/index.js', functions: /^detect(?:Extension|MimeType)$/ },

  // Sealing is `dir` with A256GCM: no key is wrapped, agreed on or derived from a password.
  { file: 'jose/dist/webapi/lib/key_management.js', functions: /^(?:aeskw\w+|checkRsaKey|deriveKey|concatKdf|ecdhesDeriveKey|assertEcdhKey|partyInfo|checkPartyInfo)$/ },

  { file: 'jose/dist/webapi/lib/content_encryption.js', functions: /^(?:cbc\w+|timingSafeEqual)$/ },
  { file: 'jose/dist/webapi/lib/deflate.js', functions: /^(?:compress|decompress|transform|supported)$/ },
  { file: 'jose/dist/webapi/lib/key.js', functions: /^(?:jwkToKey|checkModulusLength|normalizeJwk|snapshotJwk)$/ },

  // Addresses are read, judged, matched, and written in their short form.
  { file: 'ipaddr.js/lib/ipaddr.js', assigned: /^(?:broadcastAddressFromCIDR|networkAddressFromCIDR|subnetMaskFromPrefixLength|prefixLengthFromSubnetMask|isValid(?:CIDR|FourPartDecimal|CIDRFourPartDecimal)|fromByteArray|process|toIPv4MappedAddress|toFixedLengthString)$/ },

  // What settings and bodies are checked with; formats that no setting has.
  { file: 'zod/v4/classic/schemas.js', methods: /^(?:email|url|jwt|emoji|guid|uuid\w*|nanoid|cuid2?|ulid|xid|ksuid|datetime|date|time|duration|ipv4|ipv6|mac|base64|base64url|cidrv4|cidrv6|e164|includes|startsWith|endsWith|with|brand|register|superRefine|nullish|nonoptional|and|prefault|readonly|slugify|keyof|safeExtend|exactPartial|rest|catchall|passthrough|loose|strict|strip|merge|pick|omit|partial|required|unwrap|multipleOf|step|uppercase|lowercase|normalize|toUpperCase|validate|validateAsync|safeEncode|safeDecode|nullish|isOptional|isNullable)$/ },
  // Every schema that comes here was made by the part of the library that brings its own way into JSON Schema.
  { file: 'zod/v4/core/json-schema-processors.js', table: /^allProcessors$/ },
  // No schema is the intersection of two.
  { file: 'zod/v4/core/to-json-schema.js', functions: /^(?:foldObjects|foldIntersection|undeclaredConstraint)$/ },
  // What is wrong is read off the issues one by one: nothing is asked for as a tree or as text.
  { file: 'zod/v4/core/errors.js', functions: /^(?:formatError|flattenError)$/ },
]
