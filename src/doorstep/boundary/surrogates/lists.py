"""Words that surrogates are made of. First names are borne by people of any gender; names come from
many countries, so that a surrogate tells nothing about the person. All are plain ASCII."""

from __future__ import annotations

FIRST = tuple(
    """
    Addison Adel Ainsley Akira Alexis Amari Amal Andrea Angel Arden Ari Ariel Arlo Asa Ashby Ashley
    Aubrey Auden Avery Ayan Azar Bailey Bao Bellamy Beverly Blair Bly Brooklyn Camille Campbell
    Carmen Carey Casey Chandra Chi Clair Cleo Corey Cruz Dakota Dana Darcy Daryl Delaney Deniz
    Devon Dominique Ebony Eden Ekene Elia Ellery Ellis Elliot Emery Emlyn Erin Esme Evren Farah
    Finley Florian Frankie Gabriele Giani Glenn Greer Hadley Haru Hao Hayden Hikaru Hollis Ife Ilan
    Imani Indra Inge Ira Isa Ivory Izumi Jaden Jaime Jamie Jaya Jessie Jia Jocelyn Jodie Jori
    Jules Kaede Kai Kamryn Kari Karan Keegan Kelsey Kendall Kerry Kiran Kit Koa Kris Kyrie Laine
    Laurence Leigh Lennon Lindsay Linh Logan Loren Luca Lyric Makoto Marley Marlow Maxime Meredith
    Micah Milan Minh Misha Morgan Nikita Nadir Nico Nilu Noel Nour Nuri Odell Omari Ora Paris Parker
    Payton Perry Quinn Raven Reese Remy Riley Robin Rowan Ruben Rudy Sage Salem Sami Sasha Shannon
    Shay Shiloh Sidney Simone Sky Sora Stevie Sunil Tal Tamsin Tatum Taylor Teagan Temple Terry
    Tobi Toni Tracy Ulani Umi Vanja Vesper Vivian Whitley Wren Xuan Yael Yuki Zephyr Zion Zuri
    """.split()
)
LAST = tuple(
    """
    Abara Adler Agerholm Alcaraz Almeida Amundsen Andino Arnesen Ashdown Asante Aydin Bakkers
    Balogun Bancroft Barlund Bartos Basara Beaufoy Bellerose Benedek Berglund Bianchetti Birkett
    Bjorklund Boateng Borodin Boscolo Brandvold Brenninger Bruyn Bulgari Cabral Caldera Camarasa
    Carlyon Castellan Chaudhri Chisholm Cieslak Clavering Colonna Corbridge Cotterell Czerny
    Dahlgren Dalgaard Danjuma Delacroix Demirci Desrosiers Dhaliwal Dragomir Drummond Duquesne
    Eberhart Echeverri Edevane Eklund Ellingsen Engstrom Erdogdu Escalante Espinel Fairbairn
    Falk Farkas Fearnley Fenwick Ferreira Finnegan Fjeldstad Fontaine Forsberg Fournier Friis
    Fujimori Galanis Galvan Gambari Garrick Gerstein Ghorbani Giannakis Gilmour Glasgow Godoy
    Goransson Grabowski Grimaldi Gruber Gundersen Haavisto Hadad Halloran Hamaguchi Harcourt
    Hasegawa Haugen Hedlund Hemmings Hernan Hidalgo Holmgren Horvath Huizinga Ibarra Igwe Ilves
    Ingersoll Ishikawa Ivarsson Jagger Jankovic Jaramillo Jokinen Juhasz Kaczmar Kadlec Kamara
    Kanagawa Karlsen Kavanagh Kearney Kerimov Kinsella Kivela Kjellberg Kobayash Kovalik Krogh
    Kurosaki Labrador Lagerlof Lamprecht Langeland Larocque Laskaris Lehtonen Leiva Lindqvist
    Lombardi Lowenthal Lundgren Macapagal Madsen Makinen Malouf Marchetti Marlowe Mascaro Mbeki
    Medeiros Meszaros Mikkelsen Montague Mordaunt Moreau Mukherji Munoz Nakagawa Narayan Navarrete
    Nesbitt Nieminen Nikolaou Norgaard Novotny Nyberg Oakeshott Obuya Ochoa Odegaard Okafor Olander
    Oldroyd Onyango Orlandi Ostergaard Ozturk Pacheco Palmgren Papadakis Pasternak Pellegrin
    Penhaligon Petrakis Pichler Pomeroy Prendergast Quaife Quintero Raaijmakers Radley Rakoczy
    Ramanujan Rasmusson Redgrave Reinholt Renshaw Ribeiro Rinaldi Rokossov Rosander Rutherford
    Saarinen Sabourin Salamanca Sandoval Santorini Satterly Savolain Schreiber Sedlak Serrano
    Shimizu Siddiqui Sigurdson Silvera Sjoberg Sokolov Solberg Sorensen Stavros Stenhouse
    Strand Sundberg Szabo Tachibana Takahama Tamayo Teixeira Thackeray Thorsen Tiberi Tolvanen
    Torvik Tremblay Trevanion Uchida Ueland Ulloa Umarov Urquhart Valderrama Vance Vandermeer
    Varga Vasquez Velander Venturi Verhoeven Villeneuve Vinter Vukovic Wadham Wahlberg Wakefield
    Weiland Westergaard Whitlock Wojtas Wolstenholme Xanthis Yamaguchi Yarrow Yilmaz Ylonen Zabala
    Zamfir Zelenko Zetterlund Ziegler Zubiri
    """.split()
)
FIRMS = tuple(
    """
    Aldervane Amberfield Anvilstone Arborlight Ashgrove Astrelle Auroval Bellwether Birchmont
    Bluecairn Borealix Bramblegate Brightwell Brindlemoor Caldervale Candlewick Cedarline Cinderhall
    Clearhaven Cobaltine Copperleaf Cragmoor Crestonia Dawnridge Deltamere Driftwood Dunmarrow
    Eastmark Eldergate Embercroft Everstead Fairmere Fernhollow Firstlight Flintlock Foxmantle
    Frostline Glenharrow Goldentide Granitework Greywater Halcyonic Harborview Hawksworth Hazelmere
    Highbarrow Hollowell Indigrove Ironwick Ivoryton Junipera Kestrelon Kingsfold Lakemont Lanternix
    Larchwood Lindenhall Lodestarre Longmeadow Lumenfold Maplecroft Marbleway Meridiane Millbrooke
    Mistralis Moonharbor Mosslight Northbeck Novalune Oakhaven Oakenfel Opalstream Orchardell
    Palisander Pebblecreek Pinecroft Quarryfield Quillstone Ravenglass Redthorn Ridgeline Riverstead
    Rookwood Sablecrest Saltmarsh Sandhaven Silverbeck Skylarken Solstead Southgate Sparrowell
    Starling Stonebridge Summerton Sunfold Swiftwater Tallowood Tanglewood Thornbury Tidewell
    Timberlane Umberland Valemount Velloria Waterford Westerlund Whitecliff Wildermere Willowbank
    Windmere Winterfell Woodlark Yarrowgate Zephyrine
    """.split()
)
TOWNS = tuple(
    """
    Aldbrough Amblecote Arnhold Ashwater Bexhaven Birchfield Brackendale Brookhaven Calverton
    Carrowmore Cedarville Clayborough Coldbrook Cranmere Dalebury Deepwell Dunhaven Eastholm
    Edgemoor Elmstead Fairbourne Farholt Fernwick Foxborough Glenrock Granford Greenhithe Halbeck
    Harrowgate Hartsfield Haverford Hazelton Highmoor Holmbury Kelbridge Kirkdale Lakehurst
    Langford Larkhill Leaford Linbury Longstowe Lyndale Marbury Marlfield Mayfield Meadowbrook
    Merridale Middleham Millhaven Mossley Netherby Newbold Northwick Norvale Oakford Oldham
    Overton Oxbury Pendale Pinehurst Quarrington Ravensby Redbourne Ridgewell Riverton Rosedale
    Rothwell Sandford Seabrook Selbourne Shelford Silverdale Southmere Stanbury Stowell Strathmoor
    Sunnydale Thornfield Tilbrook Upwell Valbonne Waldorf Warborough Wayford Westbourne Whitmoor
    Wickford Willowdale Windale Winslade Woodhaven Wrayton Yarbury Yewdale Zellhof
    """.split()
)
STREETS = tuple(
    """
    Acacia Alder Almond Amber Aspen Badger Bay Beacon Beech Birch Bracken Bramble Briar Cedar
    Chapel Cherry Chestnut Clover Cooper Copper Cypress Dove Elder Falcon Fern Finch Forge Fox
    Garnet Glade Granary Hazel Heather Heron Holly Ivy Jasmine Juniper Kestrel Lark Laurel Lilac
    Linden Lily Magnolia Mallard Maple Marigold Meadow Mill Mulberry Myrtle Oak Olive Orchard
    Osprey Otter Partridge Pearl Pine Plover Poplar Primrose Quail Raven Rosemary Rowan Sable
    Sorrel Sparrow Spruce Swallow Sycamore Tanner Teal Thistle Tulip Vine Violet Walnut Weaver
    Willow Wren Yarrow
    """.split()
)
# Kept as they stand: they say nothing about whom.
TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame lord lady rev herr frau mme mlle monsieur madame "
    "senor senora don dona sig signor signora hr fru jr sr ii iii iv phd md".split()
)
PARTICLES = frozenset(
    "van von der den de du del della di da dos das la le el al bin ibn ben af av zu zur ter ten "
    "y e and und et och og st".split()
)
LEGAL = frozenset(
    "ltd limited inc incorporated llc llp plc gmbh ag kg ohg se sa sas sarl srl spa bv nv ab as "
    "asa aps oy oyj co company corp corporation group holding holdings partners associates sons "
    "bros the of and for de la und bank hospital clinic school university college institute church "
    "foundation association society club council committee department ministry agency court office "
    "services service solutions systems consulting international national global media studio labs "
    "technologies technology energy insurance airlines hotel restaurant cafe pharmacy".split()
)
STREET_WORDS = frozenset(
    "street st road rd avenue ave lane ln drive dr boulevard blvd way court ct place pl square sq "
    "terrace close crescent row mews gardens gate hill park parkway pkwy highway hwy circle cir "
    "north south east west n s e w ne nw se sw apt apartment flat suite ste unit floor fl no nr po "
    "box rue avenue allee impasse chemin place quai calle avenida plaza paseo via viale piazza "
    "corso strasse straße str weg platz gasse ring damm ufer vej gade vejen gaden alle straat laan "
    "plein kade usa uk germany france spain denmark netherlands italy austria switzerland".split()
)
STREET_ENDINGS = (
    "straße strasse weg platz gasse allee ring damm ufer str vej gade straat laan plein gatan vägen"
).split()
MAILBOXES = frozenset(
    "info office admin support sales contact hello help team mail post service billing accounts "
    "press jobs hr noreply no reply webmaster postmaster abuse security".split()
)
