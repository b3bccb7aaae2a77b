"""What gives a language away in a headline whose nouns are all names: small words, letters and endings.

Written by hand. The words are articles, prepositions, pronouns, auxiliaries and the verbs headlines are made of;
accents stay, since Portuguese *é* and Italian *è* are evidence. What several languages share counts for each of them,
the less the more of them there are: ``monitor.text.language`` weighs.
"""

from __future__ import annotations

LATIN_WORDS = {
    "en": """the of and to in for on with at from by as is are was were be been has have had will would could
        should can not no after over says said say his her their its he she they it that this who what how
        why when where than about against into out up more new first an or but if you your we our us may set
        gets make makes before during between under amid back off all two three years year people deal calls
        killed charged""",
    "de": """der die das den dem des ein eine einen einem einer und ist sind war wird werden wurde wurden hat
        haben hatte nicht mit von vom für auf im in zu zum zur bei nach aus an am über unter gegen vor wie
        was wer warum wo wenn dass als auch sich er sie es ihr ihre sein seine soll sollen will kann können
        mehr noch nur um bis durch ohne seit zwischen laut neue neuer neuen keine kein wieder doch so oder
        aber beim wegen jahre jahren tote""",
    "fr": """le la les l un une des du de d et est sont a à au aux en dans sur pour par avec sans contre après
        avant qui que qu quoi dont où ne pas plus son sa ses leur leurs il elle ils elles se s ce cette ces
        cet c n y été être sera ont fait selon entre chez vers comme mais ou si nouveau nouvelle nouveaux
        deux ans face lors afin sous veut dit deux trois mort morts""",
    "es": """el la los las un una unos unas de del y e en con por para sin sobre contra tras entre según que qué
        quién cómo al se su sus es son fue ser ha han lo le les más no ya como desde hasta pero o si está
        están este esta estos años año dice podría será cuando donde muy nuevo nueva dos tres ante bajo
        hacia días hay ee uu muertos
        ataca deja hace aquí pide vuelve estudia""",
    "it": """il lo la i gli le un uno una di del dello della dei degli delle e è in nel nella nei nelle con su
        sul sulla per da dal dalla dai a al alla ai alle che chi come non più si sono ha hanno ma o se suo
        sua suoi loro tra fra dopo prima contro senza secondo anche ora ecco cosa perché dell all nell sull
        dall l d c anni nuovo nuova due tre stato essere morti""",
    "pt": """o a os as um uma de do da dos das e é em no na nos nas com por pelo pela para ao à aos às que quem
        como não mais se seu sua seus suas são foi ser está estão tem têm há sobre contra após entre até sem
        já mas ou diz pode será anos ano depois dois duas três novo nova onde quando isso este esta num numa
        pelos pelas mortos
        ataca deixa faz sob chega volta país""",
    "nl": """de het een en van in op te is zijn was wordt worden werd werden heeft hebben had niet met voor naar
        bij uit aan over door om tegen na als dat die dit deze wie wat hoe waarom waar er zich hij zij ze
        zijn haar hun ook nog meer maar of geen tot onder tussen zonder volgens wil kan moet moeten gaat
        meer nieuwe jaar weer toch al nu twee drie doden
        tegenover hoger zegt komt doodt boer kans""",
    "pl": """i w we z ze na do od o u po za pod nad przed przez przy dla bez nie się jest są był była było były
        być ma mają to ten ta te tego tej tym co kto jak czy że gdy gdzie dlaczego ale lub oraz jego jej ich
        już tylko jeszcze po przeciw przeciwko między według wobec podczas może będzie będą został została
        zostały które który która lat roku nowy nowe nowa dwa trzy""",
    "tr": """ve bir bu da de ile için olan olarak daha çok en gibi ne mi mı mu mü ki o var yok ama veya sonra
        önce kadar göre karşı üzerine nasıl neden kim ya değil oldu olacak etti edildi dedi diyor yeni iki
        üç yıl yılında başkanı kişi son her şey tarafından ilk büyük hakkında arasında üzere rağmen altında
        içinde üzerinde olduğu""",
    "vi": """và của là có không được cho với các những một trong ở tại từ đến đã sẽ đang bị về khi này đó người
        ra vào trên dưới sau trước như để theo do vì nhưng hay hoặc nhiều hơn nhất năm ngày tháng ông bà nói
        gì sao thế nào bao giờ hai ba cũng chỉ còn lại giữa vụ lên xuống qua nước chết mới""",
    "cs": """a v ve z ze na do od o u po za pod nad před přes při pro bez ne se je jsou byl byla bylo byli být má
        mají to ten ta ty toho té tom co kdo jak zda že když kde proč ale nebo jeho její jejich už jen ještě
        proti mezi podle během může bude budou který která které kteří let roku nový nová nové dva tři si
        jako s k ke po aby než i""",
    "sk": """a v vo z zo na do od o u po za pod nad pred cez pri pre bez nie sa je sú bol bola bolo boli byť má
        majú to ten tá tie toho tej tom čo kto ako či že keď kde prečo ale alebo jeho jej ich už len ešte
        proti medzi podľa počas môže bude budú ktorý ktorá ktoré ktorí rokov roku nový nová nové dva tri si
        s k ku aby než i""",
    "sl": """in v na z s za od do po o ob pri pred pod nad med proti brez ne se je so bil bila bilo bili biti ima
        imajo to ta ti tega te tem kaj kdo kako ali da ko kjer zakaj a vendar njegov njen njihov že samo še
        več bo bodo ki zaradi leta let novi nova novo dva tri si bi kot tudi glede iz k naj lahko""",
    "hr": """i u na s sa z za od do po o kod pri prije pred pod nad među protiv bez ne se je su bio bila bilo
        bili biti ima imaju to taj ta ti toga te tom što tko kako li da kad gdje zašto ali ili njegov njezin
        njihov već samo još više će koji koja koje zbog godina godine novi nova novo dva tri si bi kao
        također iz nakon između tijekom prema uz mogao mogla sve nije
        vijeće predsjednik tijek svijet vrijeme mjesto uhićen priopćio tjedan gdje uvijek naklada""",
    "sr": """i u na s sa za od do po o kod pri pre pred pod nad među protiv bez ne se je su bio bila bilo bili
        biti ima imaju to taj ta ti toga te tom šta ko kako li da kad gde zašto ali ili njegov njen njihov
        već samo još više će koji koja koje zbog godina godine novi nova novo dva tri bi kao takođe iz nakon
        između tokom prema uz sve nije posle ovde
        uhapšen poginuo nesreća uopšte sveta vreme mesto predsednik saopštio ministarka""",
    "sv": """och i på att är av för med till från om som det den de en ett har hade inte vid efter mot under över
        ut upp in när hur vad vem varför var men eller kan ska vill blir blev sin sitt sina hans hennes han
        hon sig så mer nu också utan mellan enligt bör nya ny nytt år två tre får går här där alla ur genom
        inför""",
    "da": """og i på at er af for med til fra om som det den de en et har havde ikke ved efter mod under over ud
        op ind når hvordan hvad hvem hvorfor var men eller kan skal vil bliver blev sin sit sine hans hendes
        han hun sig så mere nu også uden mellem ifølge bør nye ny nyt år to tre får går her der alle gennem
        siger
        bange blevet mand kvinde børn dræbt hvordan vilde kun altid ville indtil""",
    "nb": """og i på at er av for med til fra om som det den de en et har hadde ikke ved etter mot under over ut
        opp inn når hvordan hva hvem hvorfor var men eller kan skal vil blir ble sin sitt sine hans hennes
        han hun seg så mer nå også uten mellom ifølge bør nye ny nytt år to tre får går her der alle gjennom
        sier vil ein eit ikkje frå dei kva korleis vert meir
        blitt mann kvinne barn drept bare noe slår alltid ville inntil min mitt fikk nok""",
    "is": """og í á að er af fyrir með til frá um sem það þau þeir en hefur hafa ekki við eftir gegn undir yfir
        út upp inn þegar hvernig hvað hver hvers vegna var voru ef eða kann skal vill verður varð sinn sína
        hans hennar hann hún sig svo meira nú einnig án milli samkvæmt nýr ný nýtt ár tveir þrír segir úr""",
    "fi": """ja on ei ole oli ovat olivat se että hän he ne tämä mitä mikä kuka miten miksi missä kun jos mutta
        tai myös vain vielä jo nyt kuin ennen jälkeen aikana vastaan kanssa ilman mukaan yli alle saa sai
        voi voisi aikoo pitää uusi uuden vuotta vuoden kaksi kolme sekä eli hänen heidän sanoo ollut noin""",
    "et": """ja on ei ole oli olid see et ta nad need mis kes kuidas miks kus kui aga või ka ainult veel juba
        nüüd enne pärast ajal vastu koos ilma järgi üle alla saab võib peab uus uue aastat aasta kaks kolm
        ning tema nende ütles olnud umbes oma""",
    "lv": """un ir nav bija būs tas tā ka viņš viņa viņi šis kas kā kāpēc kur kad ja bet vai arī tikai vēl jau
        tagad pirms pēc laikā pret ar bez pēc par no uz pie var jauns jauna gadu gada divi trīs lai kuru to
        šo""",
    "lt": """ir yra nėra buvo bus tai kad jis ji jie šis kas kaip kodėl kur kada jei bet ar arba taip tik dar jau
        dabar prieš po metu su be pagal apie iš į nuo prie gali turi naujas nauja metų metais du trys kurie
        kuris dėl už savo""",
    "ro": """și şi de la în din cu pe pentru prin fără sau nu este sunt a au fost fi va vor se său sa lui lor ei
        el ea ce care cine cum unde când dacă că dar mai după înainte împotriva între despre asupra un o
        unei unui al ale cel cea cei nou nouă noi ani doi trei spune ar fi către sub peste o""",
    "hu": """a az és egy nem is hogy van volt lesz lett vagy de ha meg már csak még mint után előtt ellen között
        szerint miatt alatt mellett nélkül ki mi mit aki ami hogyan miért hol mikor ez azt ezt neki őt új
        két három év éve évben el be fel lehet kell kellene több magyar""",
    "id": """dan di ke dari yang untuk dengan pada ini itu adalah akan telah sudah tidak bukan ada dalam oleh
        sebagai atau karena saat setelah sebelum terhadap antara tanpa bagi juga masih bisa dapat harus kata
        ia dia mereka kami apa siapa bagaimana mengapa baru tahun orang dua tiga tewas para usai soal warga
        serta menjadi seorang hingga
        saya apakah atas seharusnya tersebut anak negara besar tak hari ingin jadi lagi secara kepada putra""",
    "ca": """el la els les un una uns unes de del dels i en amb per sense sobre contra entre segons que què qui
        com al als es seu seva és són va ser ha han ho li més no ja des fins però o si està aquest aquesta
        anys diu quan on molt nou nova dos tres després ens pels amb""",
    "sq": """dhe e të në me për nga një i është janë ka kanë do nuk që se si kush çfarë pse ku kur por ose edhe
        vetëm pas para kundër mes pa sipas mbi nën tij saj tyre ky kjo re vjet vit dy tre thotë""",
}

CYRILLIC_WORDS = {
    "ru": """и в во на с со по за из от до о об у к ко для при без не что как это его её их он она они был была
        были быть есть или но а если когда где кто почему же ли бы уже ещё еще только между против после
        перед над под про также из-за более может будет сообщил заявил заявила новый новые лет года год два
        три все всё""",
    "uk": """і й в у на з із зі по за від до о об для при без не що як це його її їх він вона вони був була було
        були бути є або але а якщо коли де хто чому ж чи би б вже ще лише тільки між проти після перед над
        під про також через більше може буде заявив заявила повідомив новий нові років року рік два три всі
        та та й""",
    "be": """і й у на з са па за ад да аб для пры без не што як гэта яго яе іх ён яна яны быў была было былі быць
        ёсць або але калі дзе хто чаму ж ці бы ўжо яшчэ толькі паміж супраць пасля перад над пад пра таксама
        праз больш можа будзе гадоў""",
    "bg": """и в във на с със по за от до о при без не че как това го му им той тя те беше бил била са е съм или
        но а ако когато къде кой защо ли би вече още само между против след пред над под също заради повече
        може ще се да няма има нов нови години година два три всички си я ги обяви заяви какво""",
    "sr": """и у на с са за од до по о код при пре пред под над међу против без не се је су био била било били
        бити има имају то тај та ти тога те шта ко како ли да кад где зашто али или његов њен њихов већ само
        још више ће који која које због година нови два три би као такође из након између током према уз све
        није после""",
    "mk": """и во на со за од до по при пред под над меѓу против без не се е сум беа беше има имаат тоа тој таа
        тие што кој како ли да кога каде зошто но или негов нејзин нивни веќе само уште повеќе ќе кои која
        поради години нов нови два три би како исто низ ги го""",
}

ARABIC_WORDS = {
    "ar": """في من على إلى الى عن مع بعد قبل ضد بين أن إن لا ما هذا هذه ذلك التي الذي الذين كان كانت هو هي هم قد
        لم لن بعد خلال حول بسبب أو ثم كما لكن عند حتى منذ دون غير كل أول وفق يوم عام رئيس عبر بشأن تحت أمام
        سوف لدى ليس""",
    "fa": """در از به با که را این آن برای است بود شد می نمی تا بر یا هم اما اگر چه چرا چگونه خود او آنها ما شما
        پس پیش بین علیه بدون درباره روی زیر هر همه دو سه سال نیز باید کرد کند شده کرده گفت های ها ای خواهد
        نیست هستند دارد شود""",
    "ur": """میں سے کا کی کے کو نے اور پر ہے ہیں تھا تھے تھی یہ وہ کہ بھی نہیں ایک کر لیے تک ہو گا گی گئے ساتھ
        بعد جو اس ان""",
    "ps": """په د او چې له کې ته سره دی ده نه یې هم پر دا هغه شو کړي څخه""",
}

LATIN_LETTERS = {
    "de": "äöüß",
    "fr": "àâçéèêëîïôùûüœ",
    "es": "áéíóúñü",
    "it": "àèéìòù",
    "pt": "ãõáâàçéêíóôú",
    "nl": "ëïéö",
    "pl": "ąćęłńóśźż",
    "tr": "çğışöüâ",
    "vi": "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sl": "čšž",
    "hr": "čćđšž",
    "sr": "čćđšž",
    "sv": "åäöé",
    "da": "æøåé",
    "nb": "æøåéòô",
    "is": "áðéíóúýþæö",
    "fi": "äöåšž",
    "et": "äöüõšž",
    "lv": "āčēģīķļņšūž",
    "lt": "ąčęėįšųūž",
    "ro": "ăâîșşțţ",
    "hu": "áéíóöőúüű",
    "ca": "àçèéíïòóúü",
    "sq": "ëç",
}

LATIN_ENDINGS = {
    "en": "ing tion ly ness ght ship ers ies ked ted red ned ved ced sed wn ck sh th ould",
    "de": """ung ungen keit heit lich liche lichen isch ische ischer ischen ieren iert ger gen cht tzt chen ers
        ter ten sch""",
    "fr": "tion tions ment ments eur eurs eux euse aux ique iques ité ées ais aise aient oire ant ette isme",
    "es": """ción ciones dad dades mente iento ientos dor dores ados adas ido idos ero eros iva ivo encia encias
        aron ieron ista istas ía ías ble""",
    "it": """zione zioni mente mento menti tore tori ità tà etta etto ezza ella ello ico ica ici anza enza ista
        isti ato ata ati ate uto uti anno ono ggio sce""",
    "pt": """ção ções dade dades mente mento mentos dor dores ados adas ido idos eiro eira eiros agem são ência
        ências aram eram ista istas ram ável""",
    "nl": "ing ingen heid lijk lijke ische eren tie ties eert aan oor eel oek ijk ijn den igen uur aar eerd",
    "pl": "ego ych ach ami ości ość ów ać ić wać iem owie owa owy owej ski ska skie ał ała nie nia niu",
    "tr": """ler lar leri ları lerin ların dan den nda nde ını ini yor dı di tı ti cak cek mak mek lık lik yla
        yle ına ine ına sı""",
    "cs": "ého ých ách ami ost ostí ů ům ovat ení ání ský ská ské ího ým ou",
    "sk": "ého ých ách ami osť ovať enie anie ský ská ské ým ou ov om",
    "sl": "ega ih ah ami ost ovati anje enje ski ska ske om ov ila ali",
    "hr": "oga ih ama ima ost ati iti anje enje ski ska ske om ova ila ali",
    "sr": "oga ih ama ima ost ati iti anje enje ski ska ske om ova ila ali",
    "sv": "ning ningen ningar arna erna ade ades igt ska skt ande het heten sen tion tionen er ar",
    "da": "ning ningen ninger erne ede edes igt ske sk ende hed heden sen tion er",
    "nb": "ning ningen ninger ene ede igt ske sk ende het heten sen sjon sjonen er",
    "is": "inn inum anna unum ur ir ar sson ðu",
    "fi": "ssa ssä sta stä lla llä lle lta ltä een aan ään iin ista ksi nen sen tta ttä van vat vät minen ta tä n",
    "et": "sse st le lt ga ks mine ud nud tud sid de te",
    "lv": "ums iem ais ā ēt āt ības ība us as is",
    "lt": "as is us ai ų ės iai oje uose imas imo ti",
    "ro": "ului ilor elor ție ții ea ul ii uri are ere at ată ați esc ească at rea",
    "hu": "ban ben nak nek val vel ból ből ság ség ett ott tek tak ni ra re hoz hez ok ek ei ai",
    "id": "kan nya an ikan",
    "ca": "ció cions tat ment ats ades ada it ida ors ista",
    "sq": "ve it ës et en ur in je",
}

CYRILLIC_LETTERS = {
    "ru": "ыэёъ",
    "uk": "іїєґ",
    "be": "іўыэё",
    "bg": "ъ",
    "sr": "ђјљњћџ",
    "mk": "ѓјљњќџѕ",
}

ARABIC_LETTERS = {
    "ar": "ةىكيأإؤ",
    "fa": "پچژگکیآ",
    "ur": "ٹڈڑںےہھپچژگکیآ",
    "ps": "ځڅډړږښګڼېپچی",
}

# What is inside the words, for twins that share their small words: (?i) is not needed, the text is lower case by then.
# Croatian keeps *ije* and *je* where Serbian has *e*, and foreign names as they are written; Serbian spells them out.
TELLTALES = {
    "hr": r"[lrmvdbts]ije(?!m)[a-zčćšžđ]|[mvdsctbp]je[a-zčćšžđ]|rje[čšn]|[qwxy]|milijun|tisuć|europ"
    r"|\btko\b|\bšto\b|povijest",
    "sr": r"milion|hiljad|evrop|istorij|savet|predsed|ministark|[^i]mesto|vreme|\bdec[aeu]\b|reč|vest"
    r"|\bgde\b|posle|ovde|mešov|sled|\bšta\b|\bda [a-zčćšžđ]+(?:ju|u|e|i)\b",
    "da": r"tion|øj|ej[eln]|\bhv|gd|æng|ølge",
    "nb": r"sjon|øy|ei[a-zæøå]|kk\b|ss\b|tt\b|ølgj",
}

# Japanese headlines may have no kana. Forms only Japan writes, and old forms beside new ones, which China never mixes.
JAPANESE_ONLY = frozenset(
    "対発戦撃実験応圧県経済鉄権駅円広価気検拠捜単壊変働込峠読売転軽労雑総続縄猟獣穏覚辺郷銭頼齢竜斎歩塁"
)
OLD_FORMS = frozenset("韓鮮軍領東長島車機電門間関頭開時書記談論説設話請調議購輸連運選達遠備億偵")
NEW_FORMS = frozenset("国会学来当声区点万台体号党写")
CHINESE_ONLY = frozenset("的了這这將将為为與与對对說说們们個个還还讓让她給给從从後后過过時时會军车东长鲜韩")
